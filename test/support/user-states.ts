import { toUserId } from '../../shared/kernel/ids';
import type { PolicyHash, UserId } from '../../shared/kernel/ids';
import type { LedgerEntry } from '../../shared/words/ledger';
import type { UserState } from '../../shared/words/user-state';

/** Valid stored values to vary from in tests. */
export function userId(number: number): UserId {
  return toUserId(`00000000-0000-4000-8000-${String(number).padStart(12, '0')}`);
}

export function userState(changes: Partial<UserState> = {}): UserState {
  return {
    version: 0,
    tries: 0,
    outcome: 'nothing',
    reasons: [],
    skus: [],
    digest: null,
    policyHash: null,
    userPrincipalName: null,
    displayName: null,
    firstSeenAt: 1_000,
    decidedAt: null,
    writtenAt: null,
    verifiedAt: null,
    missingSince: null,
    intent: null,
    lastWrite: null,
    retry: null,
    looks: 0,
    ...changes,
  };
}

export function ledgerEntry(skuId: LedgerEntry['skuId']): LedgerEntry {
  return {
    skuId,
    disabledByUs: [],
    rules: ['staff'],
    policyHash: 'f'.repeat(64) as PolicyHash,
    adopted: false,
    notEntitledSince: null,
  };
}
