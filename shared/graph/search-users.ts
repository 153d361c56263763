import { z } from 'zod';
import { toUserId } from '../kernel/ids';
import type { UserId } from '../kernel/ids';
import { readPages } from './graph-pages';
import type { GraphTransport } from './graph-transport';

/** A user as a search shows them. */
export type UserMatch = {
  readonly id: UserId;
  readonly userPrincipalName: string | null;
  readonly displayName: string | null;
  readonly department: string | null;
};

const Match = z.object({
  id: z.guid().transform(toUserId),
  userPrincipalName: z.string().nullish(),
  displayName: z.string().nullish(),
  department: z.string().nullish(),
});
/** https://learn.microsoft.com/graph/aad-advanced-queries#user-properties: startsWith is a plain query for these. */
const searched = ['displayName', 'givenName', 'surname', 'userPrincipalName', 'mail'];

/** Users with a name, a family name or an address that begins with this text, any case; at most `limit` (999). */
export async function searchUsers(
  transport: GraphTransport,
  beginning: string,
  limit: number,
  signal?: AbortSignal,
): Promise<readonly UserMatch[]> {
  const text = beginning.replaceAll("'", "''");
  const filter = searched.map((property) => `startsWith(${property},'${text}')`).join(' or ');
  const select = 'id,userPrincipalName,displayName,department';
  const path = `/users?$filter=${encodeURIComponent(filter)}&$select=${select}&$top=${String(limit)}`;
  const found: UserMatch[] = [];
  for await (const page of readPages(transport, path, Match, { signal })) {
    for (const { id, userPrincipalName = null, displayName = null, department = null } of page)
      found.push({ id, userPrincipalName, displayName, department });
    // A page may be empty and still have a next one.
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}
