import { describe, expect, it } from '@jest/globals';
import type { PolicyHash } from '../../../../shared/kernel/ids';
import type { Seen } from '../../../../shared/pipeline/row/events';
import { noteFound } from '../../../../shared/pipeline/observed/note-found';
import type { Hint } from '../../../../shared/queue/messages';
import type { UserState } from '../../../../shared/words/user-state';
import { userState } from '../../../support/user-states';

const hash = 'a'.repeat(64) as PolicyHash;
const settled: Partial<UserState> = { policyHash: hash, decidedAt: 1, digest: 'old', outcome: 'nothing' };

function note(
  source: Hint['source'],
  before: Partial<UserState> | null,
  {
    outcome = 'licensed',
    notificationUrl = 'https://app',
  }: { outcome?: string; notificationUrl?: string | null } = {},
): readonly string[] {
  const counted: string[] = [];
  const services = {
    metrics: {
      found: (by: string) => counted.push(`found ${by}`),
      gap: (missed: string, by: string) => counted.push(`gap ${missed} ${by}`),
    },
    settings: { notificationUrl },
  } as unknown as Parameters<typeof noteFound>[0];
  const seen = { digest: 'new', decision: { outcome, policyHash: hash } } as unknown as Seen;
  noteFound(services, source, before === null ? null : userState(before), seen);
  return counted;
}

describe('who told first', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['a notification of a new user', note('notification', null), ['found notification']],
    ['delta of a new user', note('delta', null), ['found delta', 'gap notification delta']],
    ['delta of a change', note('delta', settled), ['found delta', 'gap notification delta']],
    ['delta, without notifications', note('delta', settled, { notificationUrl: null }), ['found delta']],
    ['delta of what the row says', note('delta', { ...settled, digest: 'new' }), []],
    ['delta after our write', note('delta', { ...settled, digest: null }), []],
    ['delta after another policy', note('delta', { ...settled, policyHash: null }), []],
    ['delta of a guest out of scope', note('delta', null, { outcome: 'outOfScope' }), []],
    ['an operator', note('operator', null), []],
  ])('is counted: %s', (_what, counted, expected) => {
    expect(counted).toEqual(expected);
  });
});
