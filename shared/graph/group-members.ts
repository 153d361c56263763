import { z } from 'zod';
import { UserError } from '../kernel/errors';
import { isGuid } from '../kernel/ids';
import type { UserId } from '../kernel/ids';
import { Group, UserIdText } from './answer-schemas';
import { GraphError } from './refusals/graph-error';
import { readAll, readPages } from './graph-pages';
import type { GraphTransport } from './graph-transport';
import { advanced, nameOrThrow } from './user-read';
import type { FoundGroup } from './directory';

const groupProperties = 'id,displayName,securityEnabled';

/** Users in a group and in the groups inside it, page by page. */
export async function* readGroupMembers(
  transport: GraphTransport,
  group: string,
  signal?: AbortSignal,
): AsyncGenerator<readonly UserId[]> {
  const id = isGuid(group) ? group.toLowerCase() : await findGroup(transport, group, signal);
  const path = `/groups/${id}/transitiveMembers/microsoft.graph.user?$select=id&$count=true&$top=999`;
  const member = z.object({ id: UserIdText });
  try {
    for await (const page of readPages(transport, path, member, { headers: advanced, signal })) {
      yield page.map((user) => user.id);
    }
  } catch (error) {
    if (error instanceof GraphError && error.class === 'gone') throw unknownGroup(group);
    throw error;
  }
}

/** Groups with this id or display name (any case); display names need not be unique. */
export async function findGroups(
  transport: GraphTransport,
  reference: string,
  signal?: AbortSignal,
): Promise<readonly FoundGroup[]> {
  const found = isGuid(reference)
    ? await groupById(transport, reference.toLowerCase(), signal)
    : await groupsByName(transport, reference, signal);
  return found.map(({ id, displayName, securityEnabled = null }) => ({
    id,
    displayName: nameOrThrow('/groups', displayName),
    securityEnabled,
  }));
}

async function groupById(transport: GraphTransport, id: string, signal: AbortSignal | undefined) {
  const request = { method: 'GET' as const, path: `/groups/${id}?$select=${groupProperties}` };
  try {
    return [await transport.read(request, Group, signal)];
  } catch (error) {
    if (error instanceof GraphError && error.class === 'gone') return [];
    throw error;
  }
}

/** Names of groups that begin with this text: the first page of them, enough to tell what was probably meant. */
export async function groupNamesFrom(
  transport: GraphTransport,
  beginning: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const filter = encodeURIComponent(`startsWith(displayName,'${beginning.replaceAll("'", "''")}')`);
  const path = `/groups?$filter=${filter}&$select=id,displayName&$top=999`;
  for await (const page of readPages(transport, path, Group, { signal })) {
    return page.map(({ displayName }) => nameOrThrow('/groups', displayName));
  }
  return [];
}

/** Graph compares the characters as they are: a name is asked for in each of its two Unicode forms. */
async function groupsByName(transport: GraphTransport, name: string, signal: AbortSignal | undefined) {
  const found: z.infer<typeof Group>[] = [];
  for (const form of new Set([name, name.normalize('NFC'), name.normalize('NFD')])) {
    found.push(...(await groupsCalled(transport, form, signal)));
  }
  return [...new Map(found.map((group) => [group.id, group])).values()];
}

async function groupsCalled(transport: GraphTransport, name: string, signal: AbortSignal | undefined) {
  const filter = encodeURIComponent(`displayName eq '${name.replaceAll("'", "''")}'`);
  return readAll(transport, `/groups?$filter=${filter}&$select=${groupProperties}&$top=999`, Group, {
    signal,
  });
}

async function findGroup(
  transport: GraphTransport,
  name: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const found = await groupsByName(transport, name, signal);
  const [first, second] = found;
  if (first === undefined) throw unknownGroup(name);
  if (second === undefined) return first.id;
  throw new UserError('graph/ambiguous-group', `${found.length} groups are called "${name}"`, {
    hint: `Name it by its id: ${found.map(({ id }) => id).join(', ')}.`,
  });
}

function unknownGroup(group: string): UserError {
  return new UserError('graph/unknown-group', `There is no group "${group}" in the tenant`, {
    hint: 'Give the display name exactly as the directory has it, or the id of the group.',
  });
}
