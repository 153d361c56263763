import { DeltaItem } from '../answer-schemas';
import { deltaLinkOf, followStoredLink } from './delta-links';
import type { DeltaPage } from '../directory';
import { microsoftGraph } from '../graph-client';
import type { GraphTransport } from '../graph-transport';

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
  return deltaLinkOf(transport, `${deltaFromStart(properties)}&$deltatoken=latest`, DeltaItem, signal);
}

/**
 * Follows a link that Graph gave earlier.
 * @throws GraphError; of class `syncStateLost` when the position is lost
 */
export async function followDeltaLink(
  transport: GraphTransport,
  link: string,
  signal?: AbortSignal,
): Promise<DeltaPage> {
  const { items, ...links } = await followStoredLink(transport, link, DeltaItem, signal);
  const changes = items.map((item) => {
    const removed = item['@removed'];
    if (removed === undefined) return { kind: 'changed' as const, id: item.id };
    const reason = removed.reason === 'deleted' ? ('deleted' as const) : ('changed' as const);
    return { kind: 'removed' as const, id: item.id, reason };
  });
  return { changes, ...links };
}
