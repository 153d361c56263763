import type { PolicyHash } from '../../kernel/ids';
import type { PolicyBindings, PolicyHead, PolicyPointer, StoredPolicy } from '../../words/policy-version';

/** Policies by their hash, and which of them are in force. */
export interface PolicyStore {
  pointer(): Promise<PolicyPointer>;
  /** @throws ConcurrencyError another process moved it */
  movePointer(from: PolicyPointer, to: Omit<PolicyPointer, 'etag'>): Promise<PolicyPointer>;
  /** Stores a policy; one that is there already keeps its first row. */
  add(policy: StoredPolicy): Promise<void>;
  /** Stores what names of a policy stand for, for those of which that is not stored yet; answers what is stored then. */
  bind(hash: PolicyHash, bindings: PolicyBindings): Promise<PolicyBindings>;
  read(hash: PolicyHash): Promise<StoredPolicy | undefined>;
  list(): AsyncIterable<PolicyHead>;
}
