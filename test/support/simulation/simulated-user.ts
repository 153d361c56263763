import type { DirectoryUser, LicenseWrite } from '../../../shared/graph/directory';
import { toGroupId } from '../../../shared/kernel/ids';
import { ems, refusal, userId } from '../pipeline-world';
import type { Trouble } from './trouble';
import type { VirtualTime } from '../../../rehearsal/world/virtual-time';
import type { GroupReference } from '../../../shared/words/needs';

const group: GroupReference = {
  id: toGroupId('cccccccc-0000-4000-8000-000000000001'),
  displayName: 'SG-Sales',
};

const bySales = `version: 1
usageLocation: { default: NL }
removal: { mode: remove, grace: 0d }
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    assign:
      - { sku: EMS, disable: [INTUNE_A] }
`;

/**
 * Sales get EMS, and so do the members of a group, where groups count. They bring looks of their own for every new
 * user, which make up for others that are lost.
 */
const withGroups = `${bySales}  - name: group
    memberOf: [${group.displayName}]
    assign:
      - { sku: EMS, disable: [INTUNE_A] }
`;

/** Whom they concern from a day before their first day, and until their last. */
const withDates = `${withGroups}  - name: starters
    when: 'user.employeeHireDate -le (system.now -plus P1D)'
    assign:
      - { sku: EMS, disable: [INTUNE_A] }
  - name: until-they-leave
    when: 'user.employeeLeaveDateTime -ge system.now'
    assign:
      - { sku: EMS, disable: [INTUNE_A] }
`;

export const simulatedPolicies = { withGroups, withoutGroups: bySales, withDates };
export type SimulatedPolicy = keyof typeof simulatedPolicies;

/** The user as the directory has them from a time on. */
export type Version = {
  readonly at: number;
  readonly isThere: boolean;
  readonly department: string;
  readonly isMember: boolean;
  /** Milliseconds; absent: no date. */
  readonly hireAt?: number;
  readonly leaveAt?: number;
  readonly usageLocation: string | null;
  readonly locatedAt: number;
  readonly assignments: DirectoryUser['assignments'];
};

/** A location that was just set is not known to licensing yet. */
const locationLagMs = 1_500;
const dayMs = 24 * 60 * 60_000;

/** One user of a directory whose replicas are behind. */
export class SimulatedUser {
  readonly #versions: Version[] = [];
  /**
   * License writes that took effect: those that changed something, and those that did not. `known`: of these, those that
   * were sent although the row said that they had been made.
   */
  readonly writes = { changing: 0, repeated: 0, known: 0 };
  #changedAt = -Infinity;

  constructor(
    private readonly time: VirtualTime,
    private readonly trouble: Trouble,
    /** Called for every change; `isReported`: the directory reports it, too. */
    private readonly onChange: (change: Partial<Version>, isReported: boolean) => void,
    /** When the last write was made that the row knows of, milliseconds. */
    readonly knownWriteAt: () => number = () => -Infinity,
  ) {}

  get now(): Version {
    return (
      this.#versions.at(-1) ?? {
        at: -Infinity,
        isThere: false,
        department: 'Legal',
        isMember: false,
        usageLocation: null,
        locatedAt: -Infinity,
        assignments: [],
      }
    );
  }

  get isEntitled(): boolean {
    const { isThere, department, isMember, hireAt = Infinity, leaveAt = -Infinity } = this.now;
    const byDate = hireAt <= this.time.now + dayMs || leaveAt >= this.time.now;
    return isThere && (department === 'Sales' || isMember || byDate);
  }

  get isLicensed(): boolean {
    return this.now.assignments.some(({ skuId }) => skuId === ems);
  }

  change(change: Partial<Version>, isReported = true): void {
    this.#versions.push({ ...this.now, ...change, at: this.time.now });
    this.onChange(change, isReported);
  }

  /** As some replica has the user. */
  read(): { readonly user: DirectoryUser; readonly transitiveGroups: GroupReference[] } | undefined {
    const { random, isOver, faults } = this.trouble;
    const asOf = this.time.now - (isOver ? 0 : random() ** 3 * faults.lagMs);
    const seen = this.#versions.findLast(({ at }) => at <= asOf);
    if (!seen?.isThere) return undefined;
    return { user: toDirectoryUser(seen), transitiveGroups: seen.isMember ? [group] : [] };
  }

  locate(usageLocation: string): void {
    if (!this.now.isThere) throw refusal('gone', 404);
    this.change({ usageLocation, locatedAt: this.time.now });
  }

  /** `knownAt`: what `knownWriteAt` said when this was sent. */
  assign({ add, remove }: LicenseWrite, knownAt: number): void {
    if (!this.now.isThere) throw refusal('gone', 404);
    if (this.time.now - this.now.locatedAt < locationLagMs) throw refusal('usageLocation');
    const touched = new Set([...remove, ...add.map(({ skuId }) => skuId)]);
    const kept = this.now.assignments.filter(({ skuId }) => !touched.has(skuId));
    const added = add.map((one) => ({ ...one, assignedByGroup: null, state: 'Active', error: null }));
    this.#countWrite(JSON.stringify(this.now.assignments) === JSON.stringify([...kept, ...added]), knownAt);
    this.change({ assignments: [...kept, ...added] });
  }

  #countWrite(isRepeated: boolean, knownAt: number): void {
    this.writes[isRepeated ? 'repeated' : 'changing']++;
    if (!isRepeated) this.#changedAt = this.time.now;
    else if (knownAt >= this.#changedAt) this.writes.known++;
  }
}

function toDirectoryUser({ usageLocation, department, assignments, ...dates }: Version): DirectoryUser {
  const date = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
  const properties = {
    userType: 'Member',
    accountEnabled: true,
    department,
    usageLocation,
    employeeHireDate: date(dates.hireAt),
    employeeLeaveDateTime: date(dates.leaveAt),
  };
  return { id: userId, properties, usageLocation, assignments };
}
