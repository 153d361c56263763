import type { PolicyHash } from '../../kernel/ids';
import type { PolicyPointer, StoredPolicy } from '../../words/policy-version';

/** Policies by their hash, and which of them are in force. */
export interface PolicyStore {
  pointer(): Promise<PolicyPointer>;
  /** @throws ConcurrencyError another process moved it */
  movePointer(from: PolicyPointer, to: Omit<PolicyPointer, 'etag'>): Promise<PolicyPointer>;
  /** Stores a policy; one that is there already keeps its first row. */
  add(policy: StoredPolicy): Promise<void>;
  read(hash: PolicyHash): Promise<StoredPolicy | undefined>;
  list(): AsyncIterable<Omit<StoredPolicy, 'text' | 'knownPlans'>>;
}
