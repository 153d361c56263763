import type { PolicyHash, ServicePlanId, SkuId } from '../../kernel/ids';

/** A policy as it was activated: its text, and the plans that each of its SKUs had then (what `newPlans` is about). */
export type StoredPolicy = {
  readonly hash: PolicyHash;
  /** The YAML text, without its tests' results or anything else that is derived. */
  readonly text: string;
  readonly storedAt: number;
  readonly by: string;
  readonly knownPlans: readonly {
    readonly skuId: SkuId;
    readonly servicePlanIds: readonly ServicePlanId[];
  }[];
};

/** Which policies are in force; one row, changed only by compare-and-set, read by every process at most 5 s late. */
export type PolicyPointer = {
  readonly etag: string | null;
  /** null: no policy has been activated yet. */
  readonly active: PolicyHash | null;
  /** The policy of the activation rollout that is under way, or that waits for approval. */
  readonly candidate: PolicyHash | null;
  /** The rollout that made it the candidate, and alone may approve, complete or leave it. */
  readonly candidateOf?: string;
  /** Joiners (users without ledger entries) get an approved candidate at once; others only by its rollout. */
  readonly isCandidateApproved: boolean;
  /** Policies of cancelled activations: whoever was moved to one stays on it until a rollout moves them again. */
  readonly left: readonly PolicyHash[];
};

export interface PolicyStore {
  pointer(): Promise<PolicyPointer>;
  /** ConcurrencyError: somebody else moved it. */
  movePointer(from: PolicyPointer, to: Omit<PolicyPointer, 'etag'>): Promise<PolicyPointer>;
  /** Stores a policy; one that is there already keeps its first row. */
  add(policy: StoredPolicy): Promise<void>;
  read(hash: PolicyHash): Promise<StoredPolicy | undefined>;
  list(): AsyncIterable<Omit<StoredPolicy, 'text' | 'knownPlans'>>;
}
