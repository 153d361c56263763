import { describe, expect, it } from '@jest/globals';
import { ConcurrencyError } from '../../../../shared/kernel/errors';
import type { PolicyHash } from '../../../../shared/kernel/ids';
import type { Seen } from '../../../../shared/pipeline/row/events';
import { noteFound } from '../../../../shared/pipeline/observed/note-found';
import { decideUser } from '../../../../shared/pipeline/handlers/decide-user';
import { lookHint } from '../../../../shared/queue/look-hint';
import type { Hint } from '../../../../shared/queue/messages';
import { queueNames } from '../../../../shared/queue/queues';
import { overrideMembers } from '../../../../shared/kernel/override-members';
import type { UserState } from '../../../../shared/words/user-state';
import { makeTableWorld } from '../../../support/memory/table-world';
import { userId, userState } from '../../../support/user-states';

const hash = 'a'.repeat(64) as PolicyHash;
const settled: Partial<UserState> = { policyHash: hash, decidedAt: 1, digest: 'old', outcome: 'nothing' };

function note(
  source: Hint['source'],
  before: Partial<UserState> | null,
  {
    outcome = 'licensed',
    notificationUrl = 'https://app',
    group = false,
  }: { outcome?: string; notificationUrl?: string | null; group?: boolean } = {},
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
  noteFound(services, { source, group }, before === null ? null : userState(before), seen);
  return counted;
}

describe('who told first', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['a notification of a new user', note('notification', null), ['found notification']],
    ['delta of a new user', note('delta', null), ['found delta', 'gap notification delta']],
    ['delta of a change', note('delta', settled), ['found delta', 'gap notification delta']],
    [
      'groups/delta, which a notification may have asked for',
      note('delta', settled, { group: true }),
      ['found delta'],
    ],
    ['delta, without notifications', note('delta', settled, { notificationUrl: null }), ['found delta']],
    ['the audit log of a new user', note('auditLog', null), ['found auditLog', 'gap delta auditLog']],
    [
      'the audit log of a member, whom groups/delta should have brought',
      note('auditLog', settled, { group: true, notificationUrl: null }),
      ['found auditLog', 'gap delta auditLog'],
    ],
    [
      'the audit log of a user for whom a retry waits',
      note('auditLog', { ...settled, retry: { at: 9 } as UserState['retry'] }),
      ['found auditLog'],
    ],
    [
      'the audit log of a user whom a worker is at',
      note('auditLog', { ...settled, outcome: null }),
      ['found auditLog'],
    ],
    [
      'the audit log of a user whom Graph did not know yet',
      note('auditLog', { ...settled, missingSince: 9 }),
      ['found auditLog'],
    ],
    [
      'the audit log of a change of someone settled',
      note('auditLog', settled),
      ['found auditLog', 'gap delta auditLog'],
    ],
    ['the audit log of what the row says', note('auditLog', { ...settled, digest: 'new' }), []],
    ['delta of what the row says', note('delta', { ...settled, digest: 'new' }), []],
    ['delta after our write', note('delta', { ...settled, digest: null }), []],
    ['delta after another policy', note('delta', { ...settled, policyHash: null }), []],
    ['delta of a guest out of scope', note('delta', null, { outcome: 'outOfScope' }), []],
    ['an operator', note('operator', null), []],
  ])('is counted: %s', (_what, counted, expected) => {
    expect(counted).toEqual(expected);
  });
});

it('is counted once, however often another process changes the row meanwhile', async () => {
  const world = makeTableWorld();
  const services = world.services();
  const counted: string[] = [];
  let races = 3;
  const racing = {
    ...services,
    metrics: { ...services.metrics, found: (by: string) => counted.push(by) },
    users: overrideMembers(services.users, {
      commit: async (...given: Parameters<typeof services.users.commit>) => {
        if (races-- > 0) throw new ConcurrencyError('the row');
        return services.users.commit(...given);
      },
    }),
  };
  const body = {
    v: 1,
    trace: {},
    hint: lookHint(userId(1), 'notification', world.now()),
  };

  const delivery = { queue: queueNames.directoryChanges, messageId: 'm', deliveryCount: 1 };
  await decideUser(racing, world.task, body, delivery);

  expect((await world.stores.users.read(userId(1))).state?.digest).not.toBeNull();
  expect(counted).toEqual(['notification']);
});
