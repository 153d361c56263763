import type { Directory, DirectoryUser } from '../../graph/directory';
import type { LicensedGroup } from '../../graph/tenant/licensed-group';
import type { TenantReads } from '../../graph/tenant/tenant-reads';
import { isGuid } from '../../kernel/ids';
import type { GroupId, UserId } from '../../kernel/ids';
import { readMembershipRule } from '../../policy/rule/membership-rule';
import { noNeeds } from '../../words/needs';
import { draftAttributes } from '../draft/draft-input';
import type { DraftGroup, DraftInput, DraftUser } from '../draft/draft-input';

const base = [...draftAttributes, 'userPrincipalName', 'userType', 'accountEnabled'];

/**
 * The tenant as a draft looks at it: users with their attributes and licenses, and the groups that give licenses, with their
 * rules and members. Users are listed twice where the rule of a dynamic group looks at more.
 * @param onProgress how many users were read
 * @throws GraphError
 */
export async function readDraftInput(
  directory: Pick<Directory, 'listUsers' | 'listSkus' | 'findGroups' | 'groupMembers'>,
  reads: Pick<TenantReads, 'readGroup'>,
  onProgress: (done: number) => void = () => undefined,
): Promise<Pick<DraftInput, 'skus' | 'users' | 'groups'>> {
  const skus = await directory.listSkus();
  const first = await readUsers(directory, new Set(base), onProgress);
  const groups = await readGroups(directory, reads, first);
  const needed = groups.flatMap(({ membershipRule }) => propertiesOf(membershipRule));
  const users = needed.every((name) => base.includes(name))
    ? first
    : await readUsers(directory, new Set([...base, ...needed]), onProgress);
  return { skus, users, groups };
}

/** What a rule looks at; nothing where it cannot be used, or asks for other groups. */
function propertiesOf(rule: string | null): readonly string[] {
  const reading = rule === null ? undefined : readMembershipRule(rule);
  return reading?.valid === true && !reading.rule.needs.directGroups
    ? [...reading.rule.needs.properties]
    : [];
}

async function readUsers(
  directory: Pick<Directory, 'listUsers'>,
  properties: ReadonlySet<string>,
  onProgress: (done: number) => void,
): Promise<readonly DraftUser[]> {
  const users = new Map<UserId, DraftUser>();
  for await (const page of directory.listUsers({ ...noNeeds, properties })) {
    for (const user of page) users.set(user.id, toDraftUser(user));
    onProgress(users.size);
  }
  return [...users.values()];
}

function toDraftUser({ id, properties, usageLocation, assignments }: DirectoryUser): DraftUser {
  const { userPrincipalName: name, userType, accountEnabled } = properties;
  return {
    id,
    name: typeof name === 'string' ? name : id,
    isInScope: accountEnabled === true && typeof userType === 'string' && userType.toLowerCase() === 'member',
    usageLocation,
    properties,
    assignments,
  };
}

async function readGroups(
  directory: Pick<Directory, 'findGroups' | 'groupMembers'>,
  reads: Pick<TenantReads, 'readGroup'>,
  users: readonly DraftUser[],
): Promise<readonly DraftGroup[]> {
  const ids = new Set<GroupId>();
  for (const { assignments } of users) {
    for (const { assignedByGroup } of assignments) if (assignedByGroup !== null) ids.add(assignedByGroup);
  }
  const groups: DraftGroup[] = [];
  for (const id of [...ids].sort()) {
    const group = await reads.readGroup(id);
    // Deleted, and its licenses are not processed yet.
    if (group === undefined) continue;
    const members = new Set<UserId>();
    for await (const page of directory.groupMembers(id)) for (const member of page) members.add(member);
    groups.push({ ...group, members, reference: await referenceOf(directory, group) });
  }
  return groups;
}

/** A name that two groups have is an error in a policy, and one that looks like an id would be taken for one. */
async function referenceOf(
  directory: Pick<Directory, 'findGroups'>,
  { id, displayName }: LicensedGroup,
): Promise<string> {
  if (displayName === null || displayName.trim() !== displayName || isGuid(displayName)) return id;
  const found = await directory.findGroups(displayName);
  return found.length === 1 ? displayName : id;
}
