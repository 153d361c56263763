import type { PolicyHash, UserId } from '../../kernel/ids';
import type { StoredReason } from './ports';

/**
 * A planned change of many users: shown before it runs, fed in portions, pausable, cancellable.
 * `activation`: moves users to a candidate policy; `held`: collects what guards held back; `census`: users found
 * without an outcome or drifted; `replay`: failures that are looked at again; `return`: users of a cancelled
 * activation go back to the active policy.
 */
export const rolloutKinds = ['activation', 'held', 'census', 'replay', 'return'] as const;
export type RolloutKind = (typeof rolloutKinds)[number];

/** `collecting`: held changes gather; `awaiting`: for approval; then running, paused; done and cancelled are final. */
export const rolloutStates = ['collecting', 'awaiting', 'running', 'paused', 'done', 'cancelled'] as const;
export type RolloutState = (typeof rolloutStates)[number];

export type Rollout = {
  readonly id: string;
  readonly etag: string;
  readonly kind: RolloutKind;
  readonly state: RolloutState;
  /** The policy its users are decided by. */
  readonly policyHash: PolicyHash;
  /** stateHash of the plan it was made from (Plan in shared/licensing/plan.ts); null where there was none. */
  readonly planStateHash: string | null;
  readonly by: string;
  /** Object id of the person who asked for it; absent: the product, or a version of the app without sign-in. */
  readonly byId?: string;
  readonly why: string;
  readonly createdAt: number;
  readonly approvedBy: string | null;
  readonly approvedById?: string;
  readonly startedAt: number | null;
  /** Everything that its end asks for has been done. */
  readonly endedAt: number | null;
  readonly cancelledAt?: number | null;
  /** Guard reasons that ask for approval; empty: none does. */
  readonly approvalReasons: readonly StoredReason[];
  readonly members: number;
};

/** `dropped`: queued but not written when the rollout was cancelled, or never queued. */
export const memberStates = ['pending', 'queued', 'changed', 'unchanged', 'failed', 'dropped'] as const;
export type MemberState = (typeof memberStates)[number];

export type RolloutMember = {
  readonly userId: UserId;
  readonly state: MemberState;
  readonly queuedAt: number | null;
  readonly settledAt: number | null;
  /** The outcome the user's row got, or why nothing was changed. */
  readonly outcome: string | null;
  readonly reason: StoredReason | null;
  /** stateDigest of the user in the plan; null: whatever is found is right. */
  readonly plannedDigest: string | null;
  /** What the plan said would be written (`plannedChange` of shared/licensing/plan.ts); null where there was no plan. */
  readonly plannedChange: string | null;
};

export interface RolloutStore {
  /** ConcurrencyError: there is one of this id. */
  create(rollout: Omit<Rollout, 'etag'>): Promise<Rollout>;
  read(id: string): Promise<Rollout | undefined>;
  /** Newest first. */
  list(): Promise<readonly Rollout[]>;
  /** Compare-and-set on `rollout.etag`; ConcurrencyError: read again. */
  update(rollout: Rollout, change: Partial<Omit<Rollout, 'id' | 'etag' | 'kind'>>): Promise<Rollout>;
  /** Adds members, in transactions of 100; who is there already stays as they are. */
  addMembers(id: string, members: readonly RolloutMember[]): Promise<void>;
  /** Unconditional: a member's row is an index of what the user's row says. */
  setMembers(id: string, members: readonly RolloutMember[]): Promise<void>;
  readMember(id: string, userId: UserId): Promise<RolloutMember | undefined>;
  members(id: string, state?: MemberState): AsyncIterable<RolloutMember>;
}
