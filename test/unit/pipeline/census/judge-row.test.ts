import { describe, expect, it } from '@jest/globals';
import type { DecideInput, Decision } from '../../../../shared/licensing/decision';
import type { PolicyHash } from '../../../../shared/kernel/ids';
import { judgeRow } from '../../../../shared/pipeline/census/judge-row';
import type { ListedUser } from '../../../../shared/pipeline/census/judge-row';
import { ems } from '../../../support/pipeline-world';
import { ledgerEntry, userId, userState } from '../../../support/user-states';
import type { UserRecord } from '../../../../shared/store/ports/user-store';
import type { UserState } from '../../../../shared/words/user-state';

const now = 10_000_000_000;
const minute = 60_000;
const hash = 'a'.repeat(64) as PolicyHash;
const entry = ledgerEntry(ems);
const operation = { kind: 'assign', add: [{ skuId: ems, disabledPlans: [] }], remove: [] } as const;

function listed(decision: Partial<Decision> = {}): ListedUser {
  return {
    input: { now } as DecideInput,
    digest: 'digest',
    decision: { outcome: 'nothing', ledger: [], policyHash: hash, ...decision } as Decision,
  };
}

function recordOf(state: Partial<UserState> | null, ledger: UserRecord['ledger'] = []): UserRecord {
  const full = state === null ? null : userState({ policyHash: hash, decidedAt: now - minute, ...state });
  return { userId: userId(1), etag: full === null ? null : 'e', state: full, ledger, exception: null };
}

const retry = (at: number) => ({
  token: '1.x',
  key: 'waiting',
  attempts: 1,
  at,
  why: { code: 'seats/waiting' as const, text: '' },
});
const intent = (at: number) => ({
  at,
  before: [],
  add: operation.add,
  remove: [],
  usageLocation: null,
  ledger: [],
  policyHash: hash,
});

describe('judgeRow', () => {
  it.each<[string, Partial<UserState> | null, Partial<Decision>, string]>([
    ['in scope without a row', null, {}, 'look'],
    ['out of scope without a row', null, { outcome: 'outOfScope' }, 'fine'],
    ['the same digest', { digest: 'digest', outcome: 'blocked' }, { operation }, 'fine'],
    ['the same digest by another policy', { digest: 'digest', policyHash: null }, {}, 'look'],
    ['the same outcome after a write, which leaves no digest', { outcome: 'nothing' }, {}, 'fine'],
    ['another outcome', { outcome: 'waiting' }, {}, 'look'],
    ['something to write', { outcome: 'licensed' }, { operation }, 'look'],
    ['something that is held back', { outcome: 'held' }, { operation }, 'fine'],
    ['a scheduled look', { outcome: 'waiting', retry: retry(now + minute) }, { operation }, 'coming'],
    ['a scheduled look that is overdue', { outcome: 'waiting', retry: retry(now - 16 * minute) }, {}, 'look'],
    ['a write under way', { outcome: 'nothing', intent: intent(now - minute) }, { operation }, 'coming'],
    ['a write that a crash forgot', { outcome: 'nothing', intent: intent(now - 11 * minute) }, {}, 'look'],
    ['an operation on its way', { outcome: null }, { operation }, 'coming'],
    ['one that never came', { outcome: null, decidedAt: now - 11 * minute }, { operation }, 'look'],
    ['called gone, and there again', { outcome: 'outOfScope', missingSince: now - 60 * minute }, {}, 'look'],
  ])('%s', (_, state, decision, kind) => {
    expect(judgeRow(recordOf(state), listed(decision)).kind).toBe(kind);
  });

  it('looks at a user whose ledger is not what deciding says', () => {
    const forgotten = judgeRow(
      recordOf({ outcome: 'licensed' }),
      listed({ outcome: 'licensed', ledger: [entry] }),
    );
    const known = judgeRow(
      recordOf({ outcome: 'licensed' }, [entry]),
      listed({ outcome: 'nothing', ledger: [entry] }),
    );

    expect([forgotten.kind, known.kind]).toEqual(['look', 'fine']);
  });

  it.each<[string, Partial<UserState> | null, Partial<Decision>, boolean]>([
    ['no row, in scope', null, {}, true],
    ['no row, out of scope', null, { outcome: 'outOfScope' }, false],
    ['something else of the user', { digest: 'other', outcome: 'waiting' }, {}, true],
    [
      'something else by another policy',
      { digest: 'other', outcome: 'waiting', policyHash: null },
      {},
      false,
    ],
    ['our write since', { outcome: 'waiting' }, {}, false],
    [
      'a look that is overdue',
      { digest: 'other', outcome: 'waiting', retry: retry(now - 16 * minute) },
      {},
      false,
    ],
    [
      'an operation that never came',
      { digest: 'other', outcome: null, decidedAt: now - 11 * minute },
      {},
      false,
    ],
  ])('counts as what the deltas should have told: %s', (_, state, decision, expected) => {
    expect(judgeRow(recordOf(state), listed(decision)).isUntold).toBe(expected);
  });

  it.each<[string, Partial<UserState> | null, Partial<Decision>, boolean]>([
    ['in scope, no row', null, {}, true],
    ['in scope, a row without one', { outcome: null }, {}, true],
    ['in scope, with one', {}, {}, false],
    ['out of scope', null, { outcome: 'outOfScope' }, false],
  ])('counts as without an outcome: %s', (_, state, decision, expected) => {
    expect(judgeRow(recordOf(state), listed(decision)).isWithoutOutcome).toBe(expected);
  });
});
