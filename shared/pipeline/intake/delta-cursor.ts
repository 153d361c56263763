import { z } from 'zod';

/** A delta position: Graph's link, whole, and the properties that its token encodes. */
export type DeltaCursor = { readonly link: string; readonly properties: ReadonlySet<string> };

const Stored = z.object({ link: z.string(), properties: z.array(z.string()) });

/** undefined: none stored, or one that cannot be read, such as a newer version's. */
export function readDeltaCursor(value: string | null): DeltaCursor | undefined {
  if (value === null) return undefined;
  try {
    const { link, properties } = Stored.parse(JSON.parse(value));
    return { link, properties: new Set(properties) };
  } catch {
    return undefined;
  }
}

export function writeDeltaCursor({ link, properties }: DeltaCursor): string {
  return JSON.stringify({ link, properties: [...properties].sort() });
}

export function sameProperties(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((property) => b.has(property));
}
