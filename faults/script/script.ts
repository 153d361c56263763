import type {
  Department,
  GroupKey,
  PlanName,
  PolicyModel,
  SkuName,
  TenantModel,
  UserNumber,
} from './tenant-model';

/** Milliseconds from the start of the run. */
type At = { readonly at: number };

/** What happens in the tenant, and what people do to the app. One item stands for itself: each may be left out. */
export type Change = At &
  (
    | {
        readonly kind: 'join';
        readonly user: UserNumber;
        readonly department: Department;
        readonly memberOf: readonly GroupKey[];
      }
    | { readonly kind: 'move'; readonly user: UserNumber; readonly department: Department }
    | { readonly kind: 'disable' | 'enable' | 'delete' | 'restore'; readonly user: UserNumber }
    | { readonly kind: 'addMember' | 'removeMember'; readonly group: GroupKey; readonly user: UserNumber }
    | { readonly kind: 'nest' | 'unnest' }
    | { readonly kind: 'rename'; readonly group: GroupKey; readonly name: string }
    | { readonly kind: 'seats'; readonly sku: SkuName; readonly enabled: number }
    /** By an admin, past the app. `off`: the plans that are off then. */
    | {
        readonly kind: 'adminAssign';
        readonly user: UserNumber;
        readonly sku: SkuName;
        readonly off: readonly PlanName[];
      }
    | { readonly kind: 'adminRemove'; readonly user: UserNumber; readonly sku: SkuName }
    /** The licenses of the group `licensed`; null: none. */
    | { readonly kind: 'groupLicense'; readonly sku: SkuName | null }
    | Act
  );

/** What a person asks the app for; `by` is how the audit must name them. */
export type Act = At & { readonly by: string } & (
    | { readonly kind: 'requeue'; readonly user: UserNumber }
    | { readonly kind: 'replay' | 'dismiss' | 'census' }
    | { readonly kind: 'pause'; readonly scope: 'intake' | 'apply'; readonly forMs: number }
    /** Back to what was held `backMs` ago; released after `forMs`. */
    | { readonly kind: 'undo'; readonly user: UserNumber; readonly backMs: number; readonly forMs: number }
    /** The policy with this number in the script; another person approves it when that is asked for. */
    | { readonly kind: 'activate'; readonly policy: number; readonly approver: string }
  );

export const faultKinds = [
  'kill',
  'killAtHints',
  'lostLock',
  'redelivery',
  'lateMessage',
  'lostNotification',
  'doubledNotification',
  'lateNotification',
  'lostUserPosition',
  'lostGroupPosition',
  'lostSubscription',
  'graph429',
  'graph500',
  'graph503',
  'graphTimeout',
  'graphTimeoutAfterCommit',
  'graphResetBeforeCommit',
  'graphResetAfterCommit',
  'staleReads',
  'flappingReads',
  'groupLag',
  'newUserLag',
  'locationLag',
  'tableError',
  'tableErrorAfterCommit',
  'tableConflict',
  'tablesAway',
  'queueError',
  'queueErrorAfterSend',
  'damagedRow',
  'clockJump',
  'rollback',
  'olderMessage',
  'newerMessage',
  'revokedTokens',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** Strikes the first call that it fits from `at` on; what lasts begins then and ends after `forMs`. */
export type Fault = At & {
  readonly kind: FaultKind;
  /** `kill`: how many calls the process still makes. Of others: a number to choose by. */
  readonly nth: number;
  /**
   * Of a call of Graph: only a write, only a read; absent: any. `kill` of a write: the process that makes the write ends
   * before it takes effect (`nth` even) or right after. `killAtHints`: so does who sends a hint for what delta told.
   */
  readonly of?: 'write' | 'read';
  /**
   * Only a write to this user, a notification about them, hints to look at them; `olderMessage`: whom it is about.
   */
  readonly user?: UserNumber;
  /** How long it lasts, how far behind or ahead, how late: milliseconds. */
  readonly forMs: number;
  readonly lagMs: number;
};

/** Everything that a run is made of: the same script gives the same run. */
export type Script = {
  readonly seed: number;
  readonly tenant: TenantModel;
  /** The first is in force from the start. */
  readonly policies: readonly PolicyModel[];
  readonly changes: readonly Change[];
  readonly faults: readonly Fault[];
  /** `perFunction`: each function in processes of its own, as on Flex Consumption. */
  readonly processes: 'shared' | 'perFunction';
  readonly isVerifying: boolean;
  /** False: the app has no address for notifications, and learns of changes by delta alone. */
  readonly isNotified: boolean;
};

/** Changes and faults end by then; the run goes on. */
export const troubleEndsMs = 4 * 60 * 60_000;

/** What is true by then must not need the census that follows. */
export const eveningMs = 6 * 60 * 60_000;
export const nightMs = 8 * 60 * 60_000;
