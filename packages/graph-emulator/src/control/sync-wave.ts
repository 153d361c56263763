import { isoTime } from '../../../emulator-kit/src/clock';
import { seededRandom } from '../../../emulator-kit/src/random';
import { makePerson } from '../tenant/person';
import { groupsForPerson } from '../tenant/sample-groups';
import { assignLicense } from '../engine/licensing/assign-license';
import type { Engine } from '../engine/engine';
import { addMember } from '../engine/groups/change-members';
import type { AssignedLicense } from '../engine/records';
import { addUser } from '../engine/users/write-user';
import { syncLeavers, syncMovers, takeSynced } from './sync-changes';
import type { Leaver, Mover } from './sync-changes';

export type NewcomerInput = {
  readonly id?: string | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly managerId?: string | null | undefined;
  /** Group ids. */
  readonly memberOf?: readonly string[] | undefined;
  readonly assignedLicenses?: readonly AssignedLicense[] | undefined;
};

export type Newcomer = {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly readableAt: number;
};

/** Puts a user into the tenant as an administrator or directory sync would, past quotas and the write log. */
export function addNewcomer(engine: Engine, input: NewcomerInput): Newcomer {
  const { id, properties, managerId } = input;
  const user = addUser(engine, {
    properties: { createdDateTime: isoTime(engine.clock.now()), ...properties },
    ...(id === undefined ? {} : { id }),
    ...(managerId === undefined ? {} : { managerId }),
  });
  for (const groupId of input.memberOf ?? []) {
    const group = engine.tenant.findGroup(groupId);
    if (group && !group.memberIds.has(user.id)) addMember(engine, group, user.id);
  }
  if (input.assignedLicenses && input.assignedLicenses.length > 0) {
    assignLicense(engine, user, { addLicenses: input.assignedLicenses, removeLicenses: [] }, 'administrator');
  }
  return {
    id: user.id,
    userPrincipalName: String(properties.userPrincipalName),
    readableAt: user.readableAt,
  };
}

/** A directory sync that brings `users` joiners; most without a usage location. The same seed, the same people. */
export function syncJoiners(engine: Engine, users: number, seed: number): Newcomer[] {
  const random = seededRandom(seed);
  const domain = engine.tenant.facts.domains[0] ?? 'contoso.com';
  const groupIds = new Map(
    engine.tenant.groupOrder.map((group) => [String(group.properties.displayName), group.id]),
  );
  const first = engine.tenant.userOrder.length;
  return Array.from({ length: users }, (_, index) => {
    const createdAt = engine.clock.now();
    const { id, ...properties } = makePerson({
      random,
      domain,
      number: first + index,
      isSynced: true,
      createdAt,
    });
    const location = random() < 0.1 ? { usageLocation: properties.country } : {};
    // Some come without a country: an on-premises directory is never complete.
    if (random() < 0.04) delete properties.country;
    const memberOf = groupsForPerson(properties, random).flatMap((name) => groupIds.get(name) ?? []);
    // A second wave of the same seed would bring the same ids: then the tenant chooses one.
    const given = engine.tenant.users.has(id) ? {} : { id };
    return addNewcomer(engine, { ...given, properties: { ...properties, ...location }, memberOf });
  });
}

export type SyncWave = {
  readonly users: readonly Newcomer[];
  readonly movers: readonly Mover[];
  readonly leavers: readonly Leaver[];
};

/**
 * A whole round of directory sync: joiners (`users`), people who change department, and people who leave. Movers and
 * leavers are drawn from the synced users who were there before. GraphFault 400, with nothing done, when there are
 * not enough of them.
 */
export function syncWave(
  engine: Engine,
  counts: {
    readonly users: number;
    readonly movers: number;
    readonly leavers: number;
    readonly seed: number;
  },
): SyncWave {
  // A source of their own, so that the same seed brings the same joiners, however many move or leave.
  const random = seededRandom(~counts.seed);
  const taken = takeSynced(engine, counts.movers + counts.leavers, random);
  return {
    users: syncJoiners(engine, counts.users, counts.seed),
    movers: syncMovers(engine, taken.slice(0, counts.movers), random),
    leavers: syncLeavers(engine, taken.slice(counts.movers)),
  };
}
