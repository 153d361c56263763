import { z } from 'zod';
import type { UserId } from '../kernel/ids';
import { Page, User, UserIdText } from './answer-schemas';
import type { DirectoryUser, UserListRead, UserPage } from './directory';
import { readBatch } from './graph-batch';
import { followLinks, refuseEndless } from './follow-links';
import { parseItems } from './graph-pages';
import type { GraphTransport } from './graph-transport';
import { groupsOf, isGone, membershipRead, queryOf, toDirectoryUser } from './user-read';

/** The most that Graph gives at once. https://learn.microsoft.com/graph/api/user-list */
const pageSize = 999;

/**
 * Every user of the tenant with their holdings, page by page, in Graph's order: 2 resource units a page. Direct
 * groups, where asked for, cost a batch for each 20 users.
 */
export async function* listUsers(
  transport: GraphTransport,
  read: UserListRead,
  signal?: AbortSignal,
  onOdd?: (id: UserId) => void,
): AsyncGenerator<readonly DirectoryUser[]> {
  yield* followLinks(undefined, async (link) => {
    const { users, odd, nextLink } = await readUserPage(transport, read, link, signal);
    for (const id of odd) onOdd?.(id);
    return { page: users, next: nextLink };
  });
}

/** The first page, or the one that a link of Graph's leads to; a page may be empty and still have a next one. */
export async function readUserPage(
  transport: GraphTransport,
  read: UserListRead,
  link?: string,
  signal?: AbortSignal,
): Promise<UserPage> {
  const first = `/users?${queryOf(read)}&$top=${pageSize}`;
  const request = { method: 'GET' as const, path: link ?? first };
  const page = await transport.read(request, Page, signal);
  const { found, odd } = parseUsers(request, page.value);
  const users = read.directGroups
    ? await withDirectGroups(transport, found, read, signal)
    : found.map((user) => toDirectoryUser(user, read, undefined));
  const nextLink = page['@odata.nextLink'];
  if (nextLink !== undefined) refuseEndless(request.path, nextLink);
  return { users, odd, ...(nextLink === undefined ? {} : { nextLink }) };
}

const Identified = z.object({ id: UserIdText });

/**
 * What cannot be read of one user is the trouble of that user: the others of the page are there. A row without an id
 * names no user; a page of which no row can be read is no page.
 */
function parseUsers(
  request: { readonly method: string; readonly path: string },
  items: readonly unknown[],
): { readonly found: readonly z.infer<typeof User>[]; readonly odd: readonly UserId[] } {
  const found: z.infer<typeof User>[] = [];
  const odd: UserId[] = [];
  for (const item of items) {
    const user = User.safeParse(item);
    const identified = Identified.safeParse(item);
    if (user.success) found.push(user.data);
    else if (identified.success) odd.push(identified.data.id);
  }
  if (items.length > 0 && found.length + odd.length === 0) parseItems(request, items, User);
  return { found, odd };
}

async function withDirectGroups(
  transport: GraphTransport,
  found: readonly z.infer<typeof User>[],
  read: UserListRead,
  signal: AbortSignal | undefined,
): Promise<readonly DirectoryUser[]> {
  const results = await readBatch(
    transport,
    found.map(({ id }) => membershipRead(`/users/${id}`, 'memberOf')),
    signal,
  );
  const users: DirectoryUser[] = [];
  for (const [index, user] of found.entries()) {
    const result = results[index];
    // Deleted since the page was read.
    if (result === undefined || isGone(result)) continue;
    const groups = await groupsOf(transport, `/users/${user.id}`, 'memberOf', result, signal);
    users.push(toDirectoryUser(user, read, groups));
  }
  return users;
}

/** See Directory.spellingOf. The key that comes back is the directory's own. */
export async function spellingOf(
  transport: GraphTransport,
  property: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const request = { method: 'GET' as const, path: `/users?$select=id,${property}&$top=${pageSize}` };
  const page = await transport.read(request, Page, signal);
  const wanted = property.toLowerCase();
  for (const user of parseItems(request, page.value, z.looseObject({}))) {
    const found = Object.keys(user).find((key) => key.toLowerCase() === wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}
