import { User } from './answer-schemas';
import type { DirectoryUser, UserListRead } from './directory';
import { readBatch } from './graph-batch';
import { readPages } from './graph-pages';
import type { GraphTransport } from './graph-transport';
import { directGroupsOf, directRead, isGone, selected, toDirectoryUser } from './user-read';

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
  const expand = read.manager ? '&$expand=manager($select=id)' : '';
  const path = `/users?$select=${selected(read).join(',')}${expand}&$top=${pageSize}`;
  for await (const page of readPages(transport, path, User, { signal })) {
    if (!read.directGroups) {
      yield page.map((found) => toDirectoryUser(found, read, undefined));
      continue;
    }
    const results = await readBatch(
      transport,
      page.map(({ id }) => directRead(`/users/${id}`)),
      signal,
    );
    const users: DirectoryUser[] = [];
    for (const [index, found] of page.entries()) {
      const result = results[index];
      // Deleted since the page was read.
      if (result === undefined || isGone(result)) continue;
      const groups = await directGroupsOf(transport, `/users/${found.id}`, result, signal);
      users.push(toDirectoryUser(found, read, groups));
    }
    yield users;
  }
}
