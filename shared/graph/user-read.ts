import type { z } from 'zod';
import { toGroupId } from '../kernel/ids';
import type { SkuId } from '../kernel/ids';
import { Membership, Page, User } from './answer-schemas';
import type { DirectoryUser, UserGroups, UserSnapshot } from './directory';
import { readBatch } from './graph-batch';
import type { BatchRead, BatchResult } from './graph-batch';
import { parseItems, readAll } from './graph-pages';
import type { GraphTransport } from './graph-transport';
import { GraphError } from './refusals/graph-error';
import { groupNamesPermission } from './permissions';
import { namesWithheld, unreadable } from './refusals/refused-answer';
import { navigatedProperties, ownProperties } from '../words/needs';
import type { GroupReference, Needs } from '../words/needs';

/** Casting to groups is an advanced query. https://learn.microsoft.com/graph/aad-advanced-queries */
export const advanced = { ConsistencyLevel: 'eventual' };
const alwaysRead = ['id', 'usageLocation', 'licenseAssignmentStates', 'assignedLicenses'];
const holdings: ReadonlySet<string> = new Set(['licenseAssignmentStates', 'assignedLicenses']);
/** What is asked for by other means than $select. */
const notSelected = new Set(['memberOf', 'manager']);

/**
 * A user with holdings and memberships, in one `$batch`. undefined: Graph does not know the user.
 * @throws GraphError; of class `unavailable` also when the two lists of the user's licenses contradict each other
 */
export async function readUserSnapshot(
  transport: GraphTransport,
  idOrUpn: string,
  read: Needs,
  signal?: AbortSignal,
): Promise<UserSnapshot | undefined> {
  const user = pathOf(idOrUpn);
  const userPath = `${user}?${queryOf(read)}`;
  const [userResult, ...memberships] = await readBatch(
    transport,
    [{ path: userPath }, ...membershipReads(user, read)],
    signal,
  );
  const body = bodyOf(userResult);
  if (body === undefined) return undefined;
  const found = parse(userPath, User, body);
  const lacking = findLackingState(found);
  // Who is not there contradicts nothing.
  if (lacking !== undefined && !memberships.some(isGone)) throw contradicting(userPath, lacking);
  const groups = await userGroupsOf(transport, user, read, memberships, signal);
  if (groups === undefined) return undefined;
  return { user: toDirectoryUser(found, read, groups.direct), transitiveGroups: groups.transitive };
}

/**
 * The memberships alone, in one `$batch`. undefined: Graph does not know the user.
 * @throws GraphError
 */
export async function readUserGroups(
  transport: GraphTransport,
  id: string,
  read: AskedGroups,
  signal?: AbortSignal,
): Promise<UserGroups | undefined> {
  const user = pathOf(id);
  const memberships = await readBatch(transport, membershipReads(user, read), signal);
  return userGroupsOf(transport, user, read, memberships, signal);
}

type AskedGroups = Pick<Needs, 'directGroups' | 'transitiveGroups'>;

function pathOf(idOrUpn: string): string {
  return `/users/${encodeURIComponent(idOrUpn)}`;
}

function membershipReads(user: string, read: AskedGroups): BatchRead[] {
  return [
    ...(read.directGroups ? [membershipRead(user, 'memberOf')] : []),
    ...(read.transitiveGroups ? [membershipRead(user, 'transitiveMemberOf')] : []),
  ];
}

/** The answers to `membershipReads`, in their order. undefined: Graph does not know the user. */
async function userGroupsOf(
  transport: GraphTransport,
  user: string,
  read: AskedGroups,
  memberships: readonly BatchResult[],
  signal: AbortSignal | undefined,
): Promise<UserGroups | undefined> {
  // A replica that knows the user but answers 404 to the groups knows too little: no groups would be a wrong fact.
  if (memberships.some(isGone)) return undefined;
  const rest = [...memberships];
  const direct = read.directGroups ? rest.shift() : undefined;
  const transitive = read.transitiveGroups ? rest.shift() : undefined;
  return {
    direct: direct && (await groupsOf(transport, user, 'memberOf', direct, signal)),
    transitive: transitive && (await groupsOf(transport, user, 'transitiveMemberOf', transitive, signal)),
  };
}

/** `$select`, and `$expand` where something is read of what a navigation leads to. */
export function queryOf({ properties }: Pick<Needs, 'properties'>): string {
  const expands = [...navigatedProperties(properties)].map(
    ([navigation, names]) => `${navigation}($select=${names.join(',')})`,
  );
  return `$select=${selected(properties).join(',')}${expands.length === 0 ? '' : `&$expand=${expands.join(',')}`}`;
}

function selected(properties: Needs['properties']): readonly string[] {
  return [...new Set([...alwaysRead, ...ownProperties(properties)])].filter((name) => !notSelected.has(name));
}

/** The user as rules see it: what Graph left out although it was asked for is known to be empty. */
export function toDirectoryUser(
  found: z.infer<typeof User>,
  { properties: asked }: Pick<Needs, 'properties'>,
  directGroups: readonly DirectGroup[] | undefined,
): DirectoryUser {
  const properties: Record<string, unknown> = {};
  for (const name of selected(asked)) {
    if (!holdings.has(name)) properties[name] = found[name] ?? null;
  }
  for (const [navigation, names] of navigatedProperties(asked)) {
    properties[navigation] = pick(found[navigation], names);
  }
  if (directGroups !== undefined) properties['memberOf'] = directGroups;
  return {
    id: found.id,
    properties,
    usageLocation: found.usageLocation,
    assignments: found.licenseAssignmentStates,
  };
}

/** What was asked of the object that a navigation leads to; null: it leads nowhere. */
function pick(target: unknown, names: readonly string[]): Readonly<Record<string, unknown>> | null {
  if (typeof target !== 'object' || target === null) return null;
  const values = target as Readonly<Record<string, unknown>>;
  return Object.fromEntries(names.map((name) => [name, values[name] ?? null]));
}

export type DirectGroup = { readonly id: string; readonly displayName: string };

/** `memberOf`: direct groups; `transitiveMemberOf`: nested ones too. */
type MembershipKind = 'memberOf' | 'transitiveMemberOf';

/**
 * The part of a batch that reads the groups of `user`, a path. Without the cast to groups: the plain list is not served
 * from the index behind casts and $count, which is behind recent changes and answers differently from one minute to the
 * next (https://learn.microsoft.com/graph/aad-advanced-queries).
 */
export function membershipRead(user: string, kind: MembershipKind): BatchRead {
  return { path: `${user}/${kind}?$select=id,displayName&$top=999` };
}

/**
 * The answer to `membershipRead`: administrative units and directory roles are left out.
 * @throws GraphError; of class `withheld` when the app may not see the names
 */
export async function groupsOf(
  transport: GraphTransport,
  user: string,
  kind: MembershipKind,
  result: BatchResult,
  signal?: AbortSignal,
): Promise<readonly GroupReference[]> {
  const { path } = membershipRead(user, kind);
  const found = await membershipsOf(transport, path, result, signal);
  return found
    .filter((each) => (each['@odata.type'] ?? '#microsoft.graph.group') === '#microsoft.graph.group')
    .map(({ id, displayName }) => ({ id: toGroupId(id), displayName: nameOrThrow(path, displayName) }));
}

/**
 * Every group has a name. Null is what Graph answers with 200 when the app may not see it, so it is a missing
 * permission and never "in no group of that name".
 * https://learn.microsoft.com/graph/permissions-overview#limited-information-returned-for-inaccessible-member-objects
 *
 * @throws GraphError of class `withheld`
 */
export function nameOrThrow(path: string, displayName: string | null | undefined): string {
  if (typeof displayName === 'string') return displayName;
  throw namesWithheld({ method: 'GET', path }, groupNamesPermission);
}

/** A SKU that the user has but that the states leave out: whose it is, and with which plans, is then not known. */
function findLackingState(found: z.infer<typeof User>): SkuId | undefined {
  const known = new Set(found.licenseAssignmentStates.map(({ skuId }) => skuId));
  return found.assignedLicenses?.find(({ skuId }) => !known.has(skuId))?.skuId;
}

/** The two lists of a user's licenses disagree: nothing is decided by the poorer one; the user is read again. */
function contradicting(path: string, skuId: SkuId): GraphError {
  const where = path.split('?')[0];
  return new GraphError(
    'unavailable',
    `Graph's answer to GET ${where} contradicts itself: licenseAssignmentStates lacks SKU ${skuId}, which assignedLicenses has`,
    { status: 200 },
  );
}

/** The first page came with the batch; the rest, if there is more, by its links. */
async function membershipsOf(
  transport: GraphTransport,
  path: string,
  result: BatchResult,
  signal: AbortSignal | undefined,
): Promise<readonly z.infer<typeof Membership>[]> {
  const body = bodyOf(result);
  if (body === undefined) return [];
  const page = parse(path, Page, body);
  const next = page['@odata.nextLink'];
  return [
    ...parseItems({ method: 'GET', path }, page.value, Membership),
    ...(next === undefined ? [] : await readAll(transport, next, Membership, { signal })),
  ];
}

/** Whether this answer of a batch says that the user is not there. */
export function isGone(result: BatchResult): boolean {
  return 'error' in result && result.error.class === 'gone';
}

function bodyOf(result: BatchResult | undefined): unknown {
  if (result === undefined) return undefined;
  if (!('error' in result)) return result.body;
  if (result.error.class === 'gone') return undefined;
  throw result.error;
}

function parse<Answer>(path: string, schema: z.ZodType<Answer>, body: unknown): Answer {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw unreadable({ method: 'GET', path }, parsed.error);
}

/** assignLicense answers the user; its holdings are only in it when Graph chose to send them. */
export function fromWriteAnswer(answer: unknown): DirectoryUser | undefined {
  const parsed = User.safeParse(answer);
  if (!parsed.success || !('licenseAssignmentStates' in (answer as object))) return undefined;
  const { id, usageLocation, licenseAssignmentStates } = parsed.data;
  return { id, properties: { id, usageLocation }, usageLocation, assignments: licenseAssignmentStates };
}
