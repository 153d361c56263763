import type { z } from 'zod';
import type { GraphErrorClass } from '../../words/reason-codes/graph-error-class';
import { Page } from '../answer-schemas';
import { followLinks, refuseEndless } from '../follow-links';
import { parseItems } from '../graph-pages';
import type { GraphTransport } from '../graph-transport';
import { GraphError } from '../refusals/graph-error';

/** One page of a delta round: with a next link the round goes on, with a delta link it is over. */
export type DeltaItems<Item> = {
  readonly items: readonly Item[];
  readonly nextLink?: string;
  readonly deltaLink?: string;
};

/** What says nothing of the link itself: the same link may work later. */
const notOfTheLink: ReadonlySet<GraphErrorClass> = new Set([
  'throttled',
  'concurrency',
  'unavailable',
  'permission',
]);

/**
 * The delta link that the round behind `first` ends with; its items are left aside.
 * @throws GraphError; of class `badRequest` or `unknown` when delta does not take the query
 */
export async function deltaLinkOf<Item>(
  transport: GraphTransport,
  first: string,
  schema: z.ZodType<Item>,
  signal?: AbortSignal,
): Promise<string> {
  const pages = followLinks(first, async (link = first) => {
    const page = await readDeltaItems(transport, link, schema, signal);
    return { page, next: page.nextLink };
  });
  for await (const { deltaLink } of pages) if (deltaLink !== undefined) return deltaLink;
  throw withoutLink();
}

/**
 * Follows a link that Graph gave earlier. It is opaque, so a 400, 404 or 410 to it can only mean that Graph no longer
 * takes it: the position is lost, whatever words or code it is told with.
 * https://learn.microsoft.com/graph/delta-query-overview#synchronization-reset
 *
 * @throws GraphError; of class `syncStateLost` when the position is lost
 */
export async function followStoredLink<Item>(
  transport: GraphTransport,
  link: string,
  schema: z.ZodType<Item>,
  signal?: AbortSignal,
): Promise<DeltaItems<Item>> {
  try {
    return await readDeltaItems(transport, link, schema, signal);
  } catch (error) {
    if (!(error instanceof GraphError) || notOfTheLink.has(error.class)) throw error;
    if (![400, 404, 410].includes(error.status)) throw error;
    const { status, graphCode, requestId } = error;
    throw new GraphError('syncStateLost', error.message, { status, graphCode, requestId, cause: error });
  }
}

async function readDeltaItems<Item>(
  transport: GraphTransport,
  link: string,
  schema: z.ZodType<Item>,
  signal?: AbortSignal,
): Promise<DeltaItems<Item>> {
  const request = { method: 'GET' as const, path: link };
  const page = await transport.read(request, Page, signal);
  const nextLink = page['@odata.nextLink'];
  const deltaLink = page['@odata.deltaLink'];
  if (nextLink === undefined && deltaLink === undefined) throw withoutLink();
  if (nextLink !== undefined) refuseEndless(link, nextLink);
  const items = parseItems(request, page.value, schema);
  // A page has one or the other; with a next link the round is not over, whatever else it says.
  return nextLink === undefined
    ? { items, ...(deltaLink === undefined ? {} : { deltaLink }) }
    : { items, nextLink };
}

function withoutLink(): GraphError {
  return new GraphError('unavailable', 'Graph gave a delta page with neither a next nor a delta link', {
    status: 200,
  });
}
