import { z } from 'zod';
import { Page, User } from './answer-schemas';
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
): AsyncGenerator<readonly DirectoryUser[]> {
  yield* followLinks(undefined, async (link) => {
    const { users, nextLink } = await readUserPage(transport, read, link, signal);
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
  const found = parseItems(request, page.value, User);
  const users = read.directGroups
    ? await withDirectGroups(transport, found, read, signal)
    : found.map((user) => toDirectoryUser(user, read, undefined));
  const nextLink = page['@odata.nextLink'];
  if (nextLink !== undefined) refuseEndless(request.path, nextLink);
  return nextLink === undefined ? { users } : { users, nextLink };
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
