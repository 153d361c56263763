import type { Random } from '../../../emulator-kit/src/random';
import { departments, employeeOrgDataOf, pick } from '../tenant/person';
import { groupsForPerson, isDepartmentGroup } from '../tenant/sample-groups';
import type { Engine } from '../engine/engine';
import { directoryRefusal } from '../engine/graph-fault';
import { addMember, removeMember } from '../engine/groups/change-members';
import type { UserRecord } from '../engine/records';
import { updateUser } from '../engine/users/write-user';
import type { Leaver, Mover } from '../people/draw-people';

/**
 * Draws `count` different people at work out of those whom directory sync brought: members with a department whose
 * account is enabled.
 * @throws GraphFault 400 when there are fewer
 */
export function takeSynced(engine: Engine, count: number, random: Random): UserRecord[] {
  if (count === 0) return [];
  const people = engine.tenant.userOrder.filter((user) => {
    const { onPremisesSyncEnabled, accountEnabled, department } = user.version.properties;
    return (
      user.deletedAt === null &&
      !user.isGone &&
      onPremisesSyncEnabled === true &&
      accountEnabled === true &&
      typeof department === 'string'
    );
  });
  if (people.length < count) {
    throw directoryRefusal(
      `The tenant has ${people.length} synced users at work; ${count} movers and leavers were asked for.`,
    );
  }
  return Array.from({ length: count }, () => {
    const index = Math.floor(random() * people.length);
    const [taken] = people.splice(index, 1);
    if (taken === undefined) throw new RangeError('Drew from an empty list');
    return taken;
  });
}

/** Gives each another department, a job title of it, and its security group in place of the former one. */
export function syncMovers(engine: Engine, people: readonly UserRecord[], random: Random): Mover[] {
  return people.map((user) => {
    const { department: from } = user.version.properties;
    const to = pick(
      random,
      departments.filter(({ name }) => name !== from),
    );
    updateUser(engine, user, {
      department: to.name,
      jobTitle: pick(random, to.titles),
      employeeOrgData: employeeOrgDataOf(to),
    });
    changeGroups(engine, user, random);
    return { ...named(user), from: String(from), to: to.name };
  });
}

/** What directory sync tells of an account that was disabled on premises. */
export function syncLeavers(engine: Engine, people: readonly UserRecord[]): Leaver[] {
  return people.map((user) => {
    updateUser(engine, user, { accountEnabled: false });
    return named(user);
  });
}

function changeGroups(engine: Engine, user: UserRecord, random: Random): void {
  const wanted = new Set(groupsForPerson(user.version.properties, random));
  for (const group of engine.tenant.groupOrder) {
    const name = String(group.properties.displayName);
    if (!isDepartmentGroup(name)) continue;
    const isMember = group.memberIds.has(user.id);
    if (isMember && !wanted.has(name)) removeMember(engine, group, user.id);
    else if (!isMember && wanted.has(name)) addMember(engine, group, user.id);
  }
}

function named(user: UserRecord): Leaver {
  return { id: user.id, userPrincipalName: String(user.version.properties.userPrincipalName) };
}
