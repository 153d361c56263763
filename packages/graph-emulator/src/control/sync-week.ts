import { seededRandom } from '../../../emulator-kit/src/random';
import type { Random } from '../../../emulator-kit/src/random';
import { makePerson, pick } from '../tenant/person';
import type { Engine } from '../engine/engine';
import { directoryRefusal } from '../engine/graph-fault';
import { putMember, takeMember } from '../engine/groups/change-members';
import type { UserRecord } from '../engine/records';
import { updateUser } from '../engine/users/write-user';
import { syncLeavers } from './sync-changes';
import type { Mover } from './sync-changes';
import { addNewcomer } from './sync-wave';
import type { Newcomer, SyncWave } from './sync-wave';

export type WeekCounts = {
  readonly users?: number | undefined;
  readonly movers?: number | undefined;
  readonly leavers?: number | undefined;
  readonly seed: number;
};

const dayMs = 24 * 3_600_000;
const quarterWeeks = 13;

/** Of a hundred people a fifth come and go in a year of 52 weeks, and half as many change their work. An assumption. */
const share = { joiners: 0.2 / 52, movers: 0.1 / 52, leavers: 0.2 / 52 };

/**
 * A normal week of the tenant: joiners, movers and leavers like the people who are there. A joiner is like a colleague:
 * attributes, manager and groups are those of a person who is drawn; so are a mover's department, title and groups. How many
 * join is what an average week of the last quarter brought, by when accounts were created; where that tells nothing, and for
 * movers and leavers, it is a share of the people. The same seed, the same week.
 * @throws GraphFault 400, with nothing done, when there are too few people
 */
export function syncWeek(engine: Engine, counts: WeekCounts): SyncWave {
  const people = peopleAtWork(engine);
  const random = seededRandom(counts.seed);
  const users = counts.users ?? joinersOfAWeek(people);
  const movers = counts.movers ?? atLeastOne(people.length * share.movers);
  const leavers = counts.leavers ?? atLeastOne(people.length * share.leavers);
  if (people.length < movers + leavers + 1) {
    throw directoryRefusal(
      `The tenant has ${people.length} members at work; ${movers} movers and ${leavers} leavers need one more than that.`,
    );
  }
  const drawn = draw(people, movers + leavers, random);
  const models = people.filter((user) => !drawn.includes(user));
  return {
    users: joinersLike(engine, models, users, random),
    movers: moveLike(engine, drawn.slice(0, movers), people, random),
    leavers: syncLeavers(engine, drawn.slice(movers)),
  };
}

const atLeastOne = (count: number) => Math.max(1, Math.round(count));

/** Members whose account is enabled. */
function peopleAtWork(engine: Engine): UserRecord[] {
  return engine.tenant.userOrder.filter((user) => {
    const { accountEnabled, userType } = user.version.properties;
    const isMember = typeof userType !== 'string' || userType.toLowerCase() === 'member';
    return user.deletedAt === null && !user.isGone && accountEnabled === true && isMember;
  });
}

/** Counted back from the youngest account: a copy may be older than today. */
function joinersOfAWeek(people: readonly UserRecord[]): number {
  const usual = atLeastOne(people.length * share.joiners);
  const times = people
    .map(({ version }) => version.properties.createdDateTime)
    .map((at) => (typeof at === 'string' ? Date.parse(at) : Number.NaN))
    .filter((at) => !Number.isNaN(at));
  const last = times.reduce((latest, at) => Math.max(latest, at), 0);
  const since = last - quarterWeeks * 7 * dayMs;
  const recent = times.filter((at) => at > since).length;
  // A tenant that was filled at once tells nothing.
  return recent === 0 || recent > people.length / 10 ? usual : atLeastOne(recent / quarterWeeks);
}

function draw(people: readonly UserRecord[], count: number, random: Random): UserRecord[] {
  const left = [...people];
  return Array.from({ length: count }, () => {
    const [taken] = left.splice(Math.floor(random() * left.length), 1);
    if (taken === undefined) throw new RangeError('Drew from an empty list');
    return taken;
  });
}

/** What a joiner has like a colleague; names, addresses and numbers are their own. */
const shared = [
  'accountEnabled',
  'userType',
  'department',
  'jobTitle',
  'companyName',
  'officeLocation',
  'city',
  'state',
  'country',
  'usageLocation',
  'preferredLanguage',
  'employeeType',
  'employeeOrgData',
  'onPremisesSyncEnabled',
  'onPremisesExtensionAttributes',
];

function joinersLike(
  engine: Engine,
  models: readonly UserRecord[],
  count: number,
  random: Random,
): Newcomer[] {
  const first = engine.tenant.userOrder.length;
  return Array.from({ length: count }, (_, index) => {
    const model = pick(random, models);
    const { properties, managerId, groupIds } = model.version;
    const { id, displayName, givenName, surname, mailNickname, userPrincipalName } = newPerson(
      engine,
      { domain: domainOf(engine, model), number: first + index },
      random,
    );
    const likeColleague = Object.fromEntries(
      Object.entries(properties).filter(([name]) => shared.includes(name) || name.startsWith('extension_')),
    );
    const newcomer = addNewcomer(engine, {
      // A second week of the same seed would bring the same ids: then the tenant chooses one.
      ...(engine.tenant.users.has(id) ? {} : { id }),
      managerId,
      properties: { ...likeColleague, displayName, givenName, surname, mailNickname, userPrincipalName },
    });
    for (const groupId of groupIds) {
      const group = engine.tenant.findGroup(groupId);
      if (group !== undefined) putMember(engine, group, newcomer.id);
    }
    return newcomer;
  });
}

/** With a name that is free: a copy may have the names of an earlier week. */
function newPerson(
  engine: Engine,
  { domain, number }: { readonly domain: string; readonly number: number },
  random: Random,
): ReturnType<typeof makePerson> {
  const createdAt = engine.clock.now();
  for (let next = number; ; next += engine.tenant.userOrder.length + 1) {
    const person = makePerson({ random, domain, number: next, isSynced: false, createdAt });
    if (engine.tenant.findUser(String(person.userPrincipalName)) === undefined) return person;
  }
}

function domainOf(engine: Engine, { version }: UserRecord): string {
  const name = String(version.properties.userPrincipalName);
  const domain = name.slice(name.lastIndexOf('@') + 1).toLowerCase();
  const { domains } = engine.tenant.facts;
  return domains.includes(domain) ? domain : (domains[0] ?? domain);
}

/** Department, title, office and groups of a person of another department; where there is none, of any other person. */
function moveLike(
  engine: Engine,
  movers: readonly UserRecord[],
  people: readonly UserRecord[],
  random: Random,
): Mover[] {
  return movers.map((user) => {
    const from = departmentOf(user);
    const others = people.filter((other) => departmentOf(other) !== from);
    const model = pick(random, others.length > 0 ? others : people.filter((other) => other !== user));
    const { department, jobTitle, employeeOrgData, officeLocation } = model.version.properties;
    updateUser(engine, user, {
      department: department ?? null,
      jobTitle: jobTitle ?? null,
      employeeOrgData: employeeOrgData ?? null,
      officeLocation: officeLocation ?? null,
    });
    const wanted = model.version.groupIds;
    const { groupIds } = user.version;
    for (const id of groupIds)
      if (!wanted.includes(id)) inGroup(engine, id, (group) => takeMember(engine, group, user.id));
    for (const id of wanted)
      if (!groupIds.includes(id)) inGroup(engine, id, (group) => putMember(engine, group, user.id));
    const userPrincipalName = String(user.version.properties.userPrincipalName);
    return { id: user.id, userPrincipalName, from, to: departmentOf(model) };
  });
}

function departmentOf({ version }: UserRecord): string {
  const { department } = version.properties;
  return typeof department === 'string' && department !== '' ? department : 'no department';
}

function inGroup(
  engine: Engine,
  id: string,
  work: (group: NonNullable<ReturnType<Engine['tenant']['findGroup']>>) => void,
): void {
  const group = engine.tenant.findGroup(id);
  if (group !== undefined) work(group);
}
