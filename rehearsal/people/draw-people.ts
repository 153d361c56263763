import { addNewcomer } from '@auto-licenser/graph-emulator/add-newcomer';
import type { Newcomer } from '@auto-licenser/graph-emulator/add-newcomer';
import { putMember, takeMember } from '@auto-licenser/graph-emulator/change-members';
import type { Engine } from '@auto-licenser/graph-emulator/engine';
import { updateUser } from '@auto-licenser/graph-emulator/update-user';
import type { Random } from '../../shared/kernel/random';
import { isAtWork } from './at-work';
import type { Person } from './at-work';

/** What comes with a place in the organization; the rest of a person is their own. */
const ofPlace = [
  'department',
  'jobTitle',
  'companyName',
  'officeLocation',
  'employeeType',
  'employeeOrgData',
  'onPremisesExtensionAttributes',
] as const;
/** What a joiner has like the colleague of theirs: a place, and where it is. */
const ofJoiner = [
  ...ofPlace,
  'country',
  'city',
  'state',
  'preferredLanguage',
  'userType',
  'onPremisesSyncEnabled',
];

/** Fewer unlicensed people than this do not tell where usage locations come from. */
const leastToTell = 20;

/**
 * Joiners, movers and leavers of a tenant, drawn from the people it has: a joiner is like a colleague, a mover comes to be
 * like one in another department. So departments, countries and groups keep their proportions.
 */
export class PeopleDraw {
  readonly #engine: Engine;
  readonly #random: Random;
  readonly #locatedShare: number;
  /** Each leaves or moves at most once. */
  readonly #touched = new Set<string>();
  #joiners = 0;

  constructor(engine: Engine, random: Random) {
    this.#engine = engine;
    this.#random = random;
    this.#locatedShare = shareOfLocated(engine);
  }

  /** A new account, as directory sync brings it: without licenses. undefined: there is no colleague to be like. */
  join(): Newcomer | undefined {
    const colleague = this.#drawOne(() => true);
    if (colleague === undefined) return undefined;
    const { tenant } = this.#engine;
    const given = colleague.version.properties;
    const properties = Object.fromEntries(
      ofJoiner.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
    );
    const isLocated = this.#random() < this.#locatedShare;
    const name = this.#freshName();
    const newcomer = addNewcomer(this.#engine, {
      properties: {
        ...properties,
        ...(isLocated && given['usageLocation'] ? { usageLocation: given['usageLocation'] } : {}),
        userPrincipalName: `${name}@${tenant.facts.domains[0] ?? 'invalid'}`,
        mailNickname: name,
        displayName: `Rehearsal ${name}`,
        accountEnabled: true,
      },
      managerId: colleague.version.managerId,
    });
    for (const id of colleague.version.groupIds) this.#changeMember(id, newcomer.id, putMember);
    return newcomer;
  }

  /** Takes the place and the groups of a colleague in another department. undefined: there is no such two. */
  move(): Person | undefined {
    const mover = this.#drawOne((person) => !this.#touched.has(person.id));
    const department = mover?.version.properties['department'];
    const colleague = this.#drawOne((person) => person.version.properties['department'] !== department);
    if (mover === undefined || colleague === undefined) return undefined;
    this.#touched.add(mover.id);
    this.#takePlace(mover, colleague);
    const [before, after] = [mover.version.groupIds, colleague.version.groupIds];
    for (const id of before) if (!after.includes(id)) this.#changeMember(id, mover.id, takeMember);
    for (const id of after) if (!before.includes(id)) this.#changeMember(id, mover.id, putMember);
    return mover;
  }

  /** The account is disabled, and keeps its groups. undefined: no person is left. */
  leave(): Person | undefined {
    const leaver = this.#drawOne((person) => !this.#touched.has(person.id));
    if (leaver === undefined) return undefined;
    this.#touched.add(leaver.id);
    updateUser(this.#engine, leaver, { accountEnabled: false });
    return leaver;
  }

  /** A person at work who fits; after 200 draws in vain the whole staff is looked through. */
  #drawOne(fits: (person: Person) => boolean): Person | undefined {
    const { userOrder } = this.#engine.tenant;
    const isMeant = (person: Person) => isAtWork(person) && fits(person);
    for (let draws = 0; draws < 200; draws++) {
      const person = userOrder[Math.floor(this.#random() * userOrder.length)];
      if (person !== undefined && isMeant(person)) return person;
    }
    const all = userOrder.filter(isMeant);
    return all[Math.floor(this.#random() * all.length)];
  }

  #takePlace(mover: Person, colleague: Person): void {
    const { settings } = this.#engine;
    const own = settings.masteredProperties;
    // Directory sync is the master of what Graph's callers may not write.
    settings.masteredProperties = [];
    try {
      const place = ofPlace.map((name) => [name, colleague.version.properties[name] ?? null]);
      updateUser(this.#engine, mover, Object.fromEntries(place) as Record<string, unknown>);
    } finally {
      settings.masteredProperties = own;
    }
  }

  /** Dynamic groups too: no copy of a tenant carries out their rules. */
  #changeMember(groupId: string, personId: string, change: typeof putMember): void {
    const group = this.#engine.tenant.findGroup(groupId);
    if (group !== undefined) change(this.#engine, group, personId);
  }

  #freshName(): string {
    const { tenant } = this.#engine;
    const domain = tenant.facts.domains[0] ?? 'invalid';
    for (;;) {
      const name = `joiner-${String(++this.#joiners)}`;
      if (!tenant.usersByName.has(`${name}@${domain}`)) return name;
    }
  }
}

/**
 * Whether usage locations come with the account, or are set when a license is given: of the people at work without
 * a license, the share that has one. 0 where there are too few of them to tell.
 */
function shareOfLocated({ tenant }: Engine): number {
  const unlicensed = tenant.userOrder.filter(
    (person) =>
      isAtWork(person) && person.version.direct.length === 0 && person.version.inherited.length === 0,
  );
  if (unlicensed.length < leastToTell) return 0;
  const located = unlicensed.filter((person) => Boolean(person.version.properties['usageLocation']));
  return located.length / unlicensed.length;
}
