import { z } from 'zod';
import { navigatedProperties, ownProperties } from '../../words/needs';
import type { Needs } from '../../words/needs';

/** A delta position: Graph's link, whole, and the properties that its token encodes. */
export type DeltaCursor = {
  readonly link: string;
  readonly properties: ReadonlySet<string>;
  /** Properties that the policy needs and that delta refuses to track: they are not in the link. */
  readonly refused: ReadonlySet<string>;
};

const Stored = z.object({
  link: z.string(),
  properties: z.array(z.string()),
  refused: z.array(z.string()).default([]),
});

/** undefined: none stored, or one that cannot be read, such as a newer version's. */
export function readDeltaCursor(value: string | null): DeltaCursor | undefined {
  if (value === null) return undefined;
  try {
    const { link, properties, refused } = Stored.parse(JSON.parse(value));
    return { link, properties: new Set(properties), refused: new Set(refused) };
  } catch {
    return undefined;
  }
}

/** The text to store; a position without refused properties reads as it did before there were any. */
export function writeDeltaCursor({ link, properties, refused }: DeltaCursor): string {
  return JSON.stringify({
    link,
    properties: [...properties].sort(),
    ...(refused.size === 0 ? {} : { refused: [...refused].sort() }),
  });
}

/** Whether this position was made for exactly these properties. */
export function coversProperties(position: DeltaCursor, wanted: ReadonlySet<string>): boolean {
  const known = new Set([...position.properties, ...position.refused]);
  return known.size === wanted.size && [...wanted].every((property) => known.has(property));
}

/**
 * What following changes asks for: the policy's properties, what every look depends on, and the navigations of which
 * something is read. Of these delta reports that they lead elsewhere, such as to another manager
 * (https://learn.microsoft.com/graph/delta-query-overview#supported-resources).
 */
export function trackedProperties({ properties }: Needs): ReadonlySet<string> {
  return new Set([
    ...ownProperties(properties),
    ...navigatedProperties(properties).keys(),
    'accountEnabled',
    'usageLocation',
  ]);
}
