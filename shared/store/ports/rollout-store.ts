import type { UserId } from '../../kernel/ids';
import type { MemberState, Rollout, RolloutMember } from '../../words/rollout';

export type MemberPage = { readonly after?: string; readonly limit?: number };

/** Rollouts and their members. */
export interface RolloutStore {
  /** @throws ConcurrencyError there is one with this id */
  create(rollout: Omit<Rollout, 'etag'>): Promise<Rollout>;
  read(id: string): Promise<Rollout | undefined>;
  /** Newest first. */
  list(): Promise<readonly Rollout[]>;
  /**
   * Compare-and-set on `rollout.etag`.
   * @throws ConcurrencyError read again
   */
  update(rollout: Rollout, change: Partial<Omit<Rollout, 'id' | 'etag' | 'kind'>>): Promise<Rollout>;
  /** Adds members, in transactions of 100; who is there already stays as they are. */
  addMembers(id: string, members: readonly RolloutMember[]): Promise<void>;
  /** Unconditional: a member's row is an index of what the user's row says. */
  setMembers(id: string, members: readonly RolloutMember[]): Promise<void>;
  readMember(id: string, userId: UserId): Promise<RolloutMember | undefined>;
  /** By user id. `after`: from the one behind this id on. */
  members(id: string, state?: MemberState, page?: MemberPage): AsyncIterable<RolloutMember>;
  /** How many members are in each state; reads no more of them than that. */
  countMembers(id: string): Promise<Record<MemberState, number>>;
}
