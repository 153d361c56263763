import type { z } from 'zod';
import { Page } from './answer-schemas';
import { followLinks } from './follow-links';
import type { GraphTransport } from './graph-transport';
import { unreadable } from './refusals/refused-answer';

type Headers = Readonly<Record<string, string>>;

/** Every page of a collection, by Graph's own links; a page may be empty and still have a next one. */
export async function* readPages<Item>(
  transport: GraphTransport,
  path: string,
  schema: z.ZodType<Item>,
  options: { readonly headers?: Headers; readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<readonly Item[]> {
  const { headers, signal } = options;
  yield* followLinks(path, async (link = path) => {
    const request = { method: 'GET' as const, path: link, ...(headers === undefined ? {} : { headers }) };
    const page = await transport.read(request, Page, signal);
    return { page: parseItems(request, page.value, schema), next: page['@odata.nextLink'] };
  });
}

/** The same, as one list: for collections that are small. */
export async function readAll<Item>(
  transport: GraphTransport,
  path: string,
  schema: z.ZodType<Item>,
  options: { readonly headers?: Headers; readonly signal?: AbortSignal | undefined } = {},
): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const items of readPages(transport, path, schema, options)) all.push(...items);
  return all;
}

/**
 * The items of a page of Graph's as the schema reads them.
 * @throws GraphError of class `unavailable` when one of them is not what it should be
 */
export function parseItems<Item>(
  request: { readonly method: string; readonly path: string },
  items: readonly unknown[],
  schema: z.ZodType<Item>,
): readonly Item[] {
  const parsed = schema.array().safeParse(items);
  if (parsed.success) return parsed.data;
  throw unreadable(request, parsed.error);
}
