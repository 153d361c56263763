import { GroupDeltaItem, Member, Page } from '../answer-schemas';
import { deltaLinkOf, followStoredLink } from './delta-links';
import type { GroupContents, GroupDeltaPage, MemberChange } from '../directory';
import { refuseEndless } from '../follow-links';
import { microsoftGraph } from '../graph-client';
import { parseItems, readPages } from '../graph-pages';
import type { GraphTransport } from '../graph-transport';
import { GraphError } from '../refusals/graph-error';
import { advanced } from '../user-read';
import { toGroupId, toUserId } from '../../kernel/ids';
import type { GroupId } from '../../kernel/ids';

/**
 * Change tracking of the members of all groups. Only direct members are told, each group's over as many rows and pages as
 * it takes. https://learn.microsoft.com/graph/delta-query-groups
 */
const first = `${microsoftGraph}/v1.0/groups/delta?$select=id,members&$deltatoken=latest`;

/** The link that tells of changes of memberships from now on. @throws GraphError */
export async function groupDeltaFromNow(transport: GraphTransport, signal?: AbortSignal): Promise<string> {
  return deltaLinkOf(transport, first, GroupDeltaItem, signal);
}

/**
 * Follows a link that Graph gave earlier.
 * @throws GraphError; of class `syncStateLost` when the position is lost
 */
export async function followGroupDeltaLink(
  transport: GraphTransport,
  link: string,
  signal?: AbortSignal,
): Promise<GroupDeltaPage> {
  const { items, ...links } = await followStoredLink(transport, link, GroupDeltaItem, signal);
  const changes = items.map((item) => ({
    id: item.id,
    isDeleted: isRemoval(item),
    members: (item['members@delta'] ?? []).flatMap(toMemberChange),
  }));
  return { changes, ...links };
}

/** Devices, contacts and service principals have no licenses. A member of unknown kind is taken for a user. */
function toMemberChange(member: Member & { '@removed'?: unknown }): readonly MemberChange[] {
  const kind = kindOf(member);
  return kind === 'other' ? [] : [{ kind, id: member.id, isRemoved: isRemoval(member) }];
}

function isRemoval(item: { readonly '@removed'?: unknown }): boolean {
  return item['@removed'] !== undefined && item['@removed'] !== null;
}

function kindOf({ '@odata.type': type }: Member): 'user' | 'group' | 'other' {
  if (type === undefined || type === null || /\.user$/i.test(type)) return 'user';
  return /\.group$/i.test(type) ? 'group' : 'other';
}

/**
 * A page of the users and groups inside a group, nested ones included: the first, or the one that an earlier page linked
 * to; null: there is no such group. The plain list, since the index behind a cast may be minutes behind.
 * @throws GraphError
 */
export async function readGroupContents(
  transport: GraphTransport,
  group: GroupId,
  link?: string,
  signal?: AbortSignal,
): Promise<GroupContents | null> {
  const path = link ?? `/groups/${group}/transitiveMembers?$select=id&$top=999`;
  try {
    const request = { method: 'GET' as const, path };
    const page = await transport.read(request, Page, signal);
    const members = parseItems(request, page.value, Member);
    const nextLink = page['@odata.nextLink'];
    if (nextLink !== undefined) refuseEndless(path, nextLink);
    return {
      users: members.filter((one) => kindOf(one) === 'user').map(({ id }) => toUserId(id)),
      groups: members.filter((one) => kindOf(one) === 'group').map(({ id }) => toGroupId(id)),
      ...(nextLink === undefined ? {} : { nextLink }),
    };
  } catch (error) {
    if (!(error instanceof GraphError) || error.class !== 'gone') throw error;
    return null;
  }
}

/**
 * The groups inside a group, nested ones included, page by page; none: there is no such group. From the index behind
 * casts: few rows, however many users are in the group, and up to minutes behind.
 * @throws GraphError
 */
export async function* readNestedGroups(
  transport: GraphTransport,
  group: GroupId,
  signal?: AbortSignal,
): AsyncGenerator<readonly GroupId[]> {
  const path = `/groups/${group}/transitiveMembers/microsoft.graph.group?$select=id&$count=true&$top=999`;
  try {
    for await (const page of readPages(transport, path, Member, { headers: advanced, signal })) {
      yield page.map(({ id }) => toGroupId(id));
    }
  } catch (error) {
    if (!(error instanceof GraphError) || error.class !== 'gone') throw error;
  }
}
