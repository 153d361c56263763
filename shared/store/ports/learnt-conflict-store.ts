import type { ServicePlanId } from '../../kernel/ids';

/** What a refusal of Graph taught: pairs of plans that exclude each other, and plans that need others. */
export type LearntConflict =
  | { readonly kind: 'conflict'; readonly plans: readonly [ServicePlanId, ServicePlanId] }
  | {
      readonly kind: 'dependency';
      readonly plan: ServicePlanId;
      readonly anyOf: readonly ServicePlanId[];
    };

export type StoredLearntConflict = LearntConflict & {
  readonly learntAt: number;
  /** Graph's own words, and the id of the request: the evidence. */
  readonly text: string;
  readonly requestId: string | null;
};

export interface LearntConflictStore {
  /** Kept once, whoever learns it again. True: it is new. */
  learn(rule: StoredLearntConflict): Promise<boolean>;
  /** Oldest first. */
  list(): Promise<readonly StoredLearntConflict[]>;
  forget(rule: LearntConflict): Promise<void>;
}
