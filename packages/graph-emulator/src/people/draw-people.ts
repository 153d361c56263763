import { isoTime } from '../../../emulator-kit/src/clock';
import type { Random } from '../../../emulator-kit/src/random';
import type { Engine } from '../engine/engine';
import { freshId } from '../engine/fresh-id';
import { putMember, takeMember } from '../engine/groups/change-members';
import type { UserRecord } from '../engine/records';
import { updateUser } from '../engine/users/write-user';
import { addNewcomer } from './add-newcomer';
import type { Newcomer } from './add-newcomer';
import { isAtWork, peopleAtWork } from './at-work';

/** Who changed place; `from` and `to` are departments. */
export type Mover = {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly from: string;
  readonly to: string;
};

/** Whose account was disabled. */
export type Leaver = { readonly id: string; readonly userPrincipalName: string };

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
/** What a joiner has like a colleague: a place, and where it is. */
const ofJoiner: readonly string[] = [
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
 * like one in another department. So departments, countries and groups keep their proportions. The same seed of `random`,
 * the same people.
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
    const { properties: given, managerId, groupIds } = colleague.version;
    const likeColleague = Object.fromEntries(
      Object.entries(given).filter(([name]) => ofJoiner.includes(name) || name.startsWith('extension_')),
    );
    const isLocated = this.#random() < this.#locatedShare;
    const newcomer = addNewcomer(this.#engine, {
      id: freshId(this.#engine.tenant, this.#random),
      properties: {
        ...likeColleague,
        ...(isLocated && given.usageLocation ? { usageLocation: given.usageLocation } : {}),
        ...this.#ownProperties(colleague),
      },
      managerId,
    });
    for (const id of groupIds) this.#changeMember(id, newcomer.id, putMember);
    return newcomer;
  }

  /**
   * Takes the place and the groups of a colleague in another department, or of any other where all are in one. undefined:
   * there is no such two.
   */
  move(): Mover | undefined {
    const mover = this.#drawUntouched();
    if (mover === undefined) return undefined;
    const from = departmentOf(mover);
    const colleague =
      this.#drawOne((person) => departmentOf(person) !== from) ?? this.#drawOne((person) => person !== mover);
    if (colleague === undefined) return undefined;
    this.#touched.add(mover.id);
    const place = ofPlace.map((name) => [name, colleague.version.properties[name] ?? null]);
    this.#change(mover, Object.fromEntries(place) as Record<string, unknown>);
    const [before, after] = [mover.version.groupIds, colleague.version.groupIds];
    for (const id of before) if (!after.includes(id)) this.#changeMember(id, mover.id, takeMember);
    for (const id of after) if (!before.includes(id)) this.#changeMember(id, mover.id, putMember);
    return { ...named(mover), from, to: departmentOf(mover) };
  }

  /** The account is disabled, and keeps its groups. undefined: no person is left. */
  leave(): Leaver | undefined {
    const leaver = this.#drawUntouched();
    if (leaver === undefined) return undefined;
    this.#touched.add(leaver.id);
    this.#change(leaver, { accountEnabled: false });
    return named(leaver);
  }

  #drawUntouched(): UserRecord | undefined {
    return this.#drawOne(({ id }) => !this.#touched.has(id));
  }

  /** A person at work who fits; after 200 draws in vain the whole staff is looked through. */
  #drawOne(fits: (person: UserRecord) => boolean): UserRecord | undefined {
    const { userOrder } = this.#engine.tenant;
    for (let draws = 0; draws < 200; draws++) {
      const person = userOrder[Math.floor(this.#random() * userOrder.length)];
      if (person !== undefined && isAtWork(person) && fits(person)) return person;
    }
    const all = peopleAtWork(this.#engine).filter(fits);
    return all[Math.floor(this.#random() * all.length)];
  }

  /** Directory sync is the master of what Graph's callers may not write. */
  #change(person: UserRecord, properties: Readonly<Record<string, unknown>>): void {
    const { settings } = this.#engine;
    const own = settings.masteredProperties;
    settings.masteredProperties = [];
    try {
      updateUser(this.#engine, person, properties);
    } finally {
      settings.masteredProperties = own;
    }
  }

  /** Dynamic groups too: no copy of a tenant carries out their rules. */
  #changeMember(groupId: string, personId: string, change: typeof putMember): void {
    const group = this.#engine.tenant.findGroup(groupId);
    if (group !== undefined) change(this.#engine, group, personId);
  }

  /** Names that say what the account is; an address, a number and a first day where the colleague has one. */
  #ownProperties(colleague: UserRecord): Record<string, unknown> {
    const { number, mailNickname, userPrincipalName } = this.#freshName(domainOf(this.#engine, colleague));
    const { mail, employeeId, employeeHireDate } = colleague.version.properties;
    return {
      userPrincipalName,
      mailNickname,
      displayName: `Joiner ${String(number)}`,
      givenName: 'Joiner',
      surname: String(number),
      accountEnabled: true,
      ...(mail ? { mail: userPrincipalName } : {}),
      ...(employeeId ? { employeeId: mailNickname } : {}),
      ...(employeeHireDate ? { employeeHireDate: isoTime(this.#engine.clock.now()) } : {}),
    };
  }

  /** A copy may have the names of an earlier draw. */
  #freshName(domain: string) {
    for (;;) {
      const number = ++this.#joiners;
      const mailNickname = `joiner-${String(number)}`;
      const userPrincipalName = `${mailNickname}@${domain}`;
      if (this.#engine.tenant.findUser(userPrincipalName) === undefined)
        return { number, mailNickname, userPrincipalName };
    }
  }
}

function named({ id, version }: UserRecord): Leaver {
  return { id, userPrincipalName: String(version.properties.userPrincipalName) };
}

function departmentOf({ version }: UserRecord): string {
  const { department } = version.properties;
  return typeof department === 'string' && department !== '' ? department : 'no department';
}

/** The colleague's, where it is one of the tenant's own. */
function domainOf({ tenant }: Engine, { version }: UserRecord): string {
  const name = String(version.properties.userPrincipalName);
  const domain = name.slice(name.lastIndexOf('@') + 1).toLowerCase();
  const { domains } = tenant.facts;
  return domains.includes(domain) ? domain : (domains[0] ?? domain);
}

/**
 * Whether usage locations come with the account, or are set when a license is given: of the people at work without
 * a license, the share that has one. 0 where there are too few of them to tell.
 */
function shareOfLocated(engine: Engine): number {
  const unlicensed = peopleAtWork(engine).filter(
    ({ version }) => version.direct.length === 0 && version.inherited.length === 0,
  );
  if (unlicensed.length < leastToTell) return 0;
  const located = unlicensed.filter(({ version }) => Boolean(version.properties.usageLocation));
  return located.length / unlicensed.length;
}
