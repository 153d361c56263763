import { DeltaItem, Page } from './answer-schemas';
import type { DeltaPage } from './directory';
import { microsoftGraph } from './graph-client';
import { GraphError } from './refusals/graph-error';
import type { GraphErrorClass } from '../words/reason-codes/graph-error-class';
import { followLinks, refuseEndless } from './follow-links';
import { parseItems } from './graph-pages';
import type { GraphTransport } from './graph-transport';

/**
 * Change tracking of users. $select stands in the first request only and is encoded in every link after it.
 * https://learn.microsoft.com/graph/delta-query-users
 */
export function deltaFromStart(properties: ReadonlySet<string>): string {
  const select = [...new Set(['id', ...properties])].join(',');
  return `${microsoftGraph}/v1.0/users/delta?$select=${select}`;
}

/**
 * The link that tells of changes from now on.
 * @throws GraphError; of class `badRequest` or `unknown` when delta does not track one of the properties
 */
export async function deltaFromNow(
  transport: GraphTransport,
  properties: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<string> {
  const first = `${deltaFromStart(properties)}&$deltatoken=latest`;
  const pages = followLinks(first, async (link = first) => {
    const page = await readDeltaPage(transport, link, signal);
    return { page, next: page.nextLink };
  });
  for await (const { deltaLink } of pages) if (deltaLink !== undefined) return deltaLink;
  throw withoutLink();
}

/** What says nothing of the link itself: the same link may work later. */
const notOfTheLink: ReadonlySet<GraphErrorClass> = new Set([
  'throttled',
  'concurrency',
  'unavailable',
  'permission',
]);

/**
 * Follows a link that Graph gave earlier. It is opaque, so a 400, 404 or 410 to it can only mean that Graph no longer
 * takes it: the position is lost, whatever words or code it is told with.
 * https://learn.microsoft.com/graph/delta-query-overview#synchronization-reset
 *
 * @throws GraphError; of class `syncStateLost` when the position is lost
 */
export async function followDeltaLink(
  transport: GraphTransport,
  link: string,
  signal?: AbortSignal,
): Promise<DeltaPage> {
  try {
    return await readDeltaPage(transport, link, signal);
  } catch (error) {
    if (!(error instanceof GraphError) || notOfTheLink.has(error.class)) throw error;
    if (![400, 404, 410].includes(error.status)) throw error;
    const { status, graphCode, requestId } = error;
    throw new GraphError('syncStateLost', error.message, { status, graphCode, requestId, cause: error });
  }
}

async function readDeltaPage(
  transport: GraphTransport,
  link: string,
  signal?: AbortSignal,
): Promise<DeltaPage> {
  const request = { method: 'GET' as const, path: link };
  const page = await transport.read(request, Page, signal);
  const nextLink = page['@odata.nextLink'];
  const deltaLink = page['@odata.deltaLink'];
  if (nextLink === undefined && deltaLink === undefined) throw withoutLink();
  if (nextLink !== undefined) refuseEndless(link, nextLink);
  const changes = parseItems(request, page.value, DeltaItem).map((item) => {
    const removed = item['@removed'];
    if (removed === undefined) return { kind: 'changed' as const, id: item.id };
    const reason = removed.reason === 'deleted' ? ('deleted' as const) : ('changed' as const);
    return { kind: 'removed' as const, id: item.id, reason };
  });
  // A page has one or the other; with a next link the round is not over, whatever else it says.
  return nextLink === undefined
    ? { changes, ...(deltaLink === undefined ? {} : { deltaLink }) }
    : { changes, nextLink };
}

function withoutLink(): GraphError {
  return new GraphError('unavailable', 'Graph gave a delta page with neither a next nor a delta link', {
    status: 200,
  });
}
