import { describe, expect, it } from '@jest/globals';
import deployedQueues from '../../../local/service-bus.config.json';
import { GraphError } from '../../../shared/graph/refusals/graph-error';
import type { GraphSubscription } from '../../../shared/graph/directory';
import { UserError } from '../../../shared/kernel/errors';
import { checkDeltaPosition } from '../../../shared/ops/doctor/changes/check-delta-position';
import { checkOwnPauses } from '../../../shared/ops/doctor/check-own-pauses';
import { checkQueues } from '../../../shared/ops/doctor/check-queues';
import { checkRollouts } from '../../../shared/ops/doctor/check-rollouts';
import { Secret } from '../../../shared/kernel/secret';
import { checkSubscription } from '../../../shared/ops/doctor/check-subscription';
import { checkUsers, countAllUsers } from '../../../shared/ops/doctor/check-users';
import { checkVerdict } from '../../../shared/ops/doctor/check-verdict';
import type { CountedFacts } from '../../../shared/ops/status/read-counted';
import { recordRound } from '../../../shared/pipeline/intake/delta-round';
import { guarded } from '../../../shared/ops/doctor/finding';
import type { Services } from '../../../shared/pipeline/services';
import { newUserState } from '../../../shared/pipeline/row/user-state';
import { expectedQueues } from '../../../shared/queue/expected-queues';
import type { QueueInspector, QueueSettings } from '../../../shared/queue/queue-inspector';
import type { UserState } from '../../../shared/words/user-state';
import { makeMemoryCursors } from '../../support/memory/memory-cursors';
import { makePipelineWorld } from '../../support/pipeline-world';

const now = Date.parse('2026-01-10T12:00:00Z');
const minute = 60_000;
const day = 86_400_000;
const clock = { now: () => now, sleep: async () => undefined };
/** Only what the check under test touches. */
const partly = (parts: object) => ({ clock, ...parts }) as unknown as Services;

describe('guarded', () => {
  it('makes a failed check of an error, with its hint', async () => {
    const findings = await guarded('policy', async () => {
      throw new UserError('policy/unreadable', 'It cannot be read', { hint: 'Fix it.' });
    });

    expect(findings).toEqual([{ name: 'policy', state: 'fail', text: 'It cannot be read', todo: 'Fix it.' }]);
  });
});

/** What the doctor says of the verdict of an app that is well but for this. */
async function verdictOf(policyText: string | null, counted: Partial<CountedFacts> = {}) {
  const world = makePipelineWorld();
  if (policyText !== null) world.world.policyText = `${policyText}${String(world.world.policyText)}`;
  const none = { active: 0, scheduled: 0, deadLettered: 0 };
  const inspector = {
    counts: async () => none,
    oldestActiveAt: async () => null,
  } as unknown as QueueInspector;
  const cursors = makeMemoryCursors(world.now);
  await recordRound({ cursors, clock: world.pipeline.clock }, null);
  return checkVerdict(
    {
      services: { ...world.pipeline, cursors },
      inspector,
      quotaClosedUntil: async () => null,
      objective: minute,
      counted: async () => ({
        waiting: [],
        failures: [],
        usersWithoutOutcome: 0,
        countedAt: world.now(),
        p95: null,
        minutes: 15,
        ...counted,
      }),
    },
    'app',
  );
}

describe('what the doctor says of the verdict', () => {
  it('is no failure for a policy that only observes: a first deployment is meant to', async () => {
    const findings = await verdictOf('mode: observe\n');

    expect(findings.find(({ text }) => text.includes('The policy observes'))?.state).toBe('warn');
    expect(findings.filter(({ state }) => state === 'fail')).toEqual([]);
  });

  it('names failures that were dismissed beside a good one, and leaves to other checks what they tell', async () => {
    const blocked = [{ code: 'user/no-location', text: 'No usage location', users: 2, since: 0 }];
    const findings = await verdictOf(null, { blocked, dismissed: { count: 3, since: null } });

    expect(findings.map(({ state, text }) => [state, text])).toEqual([
      ['ok', 'licensing'],
      ['warn', expect.stringContaining('3 users failed and were dismissed')],
    ]);
  });
});

describe('checkDeltaPosition', () => {
  it.each([
    [null, 'fail', 'has not started'],
    [now - 10_000, 'ok', 'worked 10 s ago'],
    [now - 3 * 60 * minute, 'fail', 'no round has worked for 3 h'],
    [now - 8 * day, 'fail', 'no round has worked for 8 days'],
  ])('moved at %p: %s', async (updatedAt, state, text) => {
    const cursors = { read: async () => ({ etag: null, value: null, updatedAt }) };

    const [finding] = await checkDeltaPosition(partly({ cursors }));

    expect(finding).toMatchObject({ state, text: expect.stringContaining(text) });
  });
});

describe('checkSubscription', () => {
  const url = 'https://app.example.com/api/graph-notification';
  const at = (offset: number): GraphSubscription => ({
    id: 's',
    resource: 'users',
    notificationUrl: url,
    expirationDateTime: new Date(now + offset).toISOString(),
  });

  it.each([
    ['no address is set', null, [], 'warn', 'LICENSER_NOTIFICATION_URL is not set'],
    ['there is none', url, [], 'warn', 'no subscription that calls this app'],
    ['another app has one', url, [{ ...at(day), notificationUrl: 'https://x' }], 'warn', 'no subscription'],
    ['it runs', url, [at(6 * day)], 'ok', 'until 2026-01-16'],
    ['it runs out', url, [at(minute)], 'warn', 'not been renewed'],
    ['it has run out', url, [at(-minute)], 'fail', 'expired'],
  ])('%s', async (_name, notificationUrl, subscriptions, state, text) => {
    const directory = { listSubscriptions: async () => subscriptions };
    const cursors = { read: async () => ({ etag: null, value: null, updatedAt: null }) };

    const settings = { notificationUrl, clientState: null };
    const [finding] = await checkSubscription(partly({ directory, cursors, settings }));

    expect(finding).toMatchObject({ state, text: expect.stringContaining(text) });
  });

  it.each([
    ['that can be guessed is warned of', url, 'licenser', ['warn', 'ok']],
    ['of 16 characters is right', url, 'x'.repeat(16), ['ok']],
    ['that nothing uses is not judged', null, 'licenser', ['warn']],
  ])('a client state %s', async (_name, notificationUrl, clientState, states) => {
    const settings = { notificationUrl, clientState: new Secret(clientState) };
    const directory = { listSubscriptions: async () => [at(6 * day)] };
    const cursors = { read: async () => ({ etag: null, value: null, updatedAt: null }) };

    const findings = await checkSubscription(partly({ directory, cursors, settings }));

    expect(findings.map(({ state }) => state)).toEqual(states);
    expect(JSON.stringify(findings).includes('fewer than 16')).toBe(states.length > 1);
  });
});

describe('checkSubscription with Event Grid', () => {
  const notificationUrl = 'EventGrid:?azuresubscriptionid=s&resourcegroup=g&partnertopic=t&location=l';
  const subscription = { id: 's', resource: 'users', notificationUrl };
  const directory = {
    listSubscriptions: async () => [
      { ...subscription, expirationDateTime: new Date(now + day).toISOString() },
    ],
  };

  it.each([
    ['no event has come yet', null, 'warn'],
    ['the last event came at 2026-01-10T11:55:00', now - 5 * minute, 'ok'],
  ])('%s', async (text, updatedAt, state) => {
    const cursors = { read: async () => ({ etag: null, value: null, updatedAt }) };
    const settings = { notificationUrl, clientState: null };

    const findings = await checkSubscription(partly({ directory, cursors, settings }));

    expect(findings).toEqual([
      expect.objectContaining({ name: 'subscription', state: 'ok' }),
      expect.objectContaining({ name: 'Event Grid', state, text: expect.stringContaining(text) }),
    ]);
  });
});

describe('checkSubscription by a person, to whom Graph does not show it', () => {
  const settings = { notificationUrl: 'https://app.example.com/api/graph-notification', clientState: null };
  const denied = new GraphError('permission', 'Insufficient privileges', { status: 403 });
  const renewedAt = (updatedAt: number | null) => ({
    read: async () => ({ etag: 'e', value: 's u c', updatedAt }),
  });

  it.each([
    ['the app renewed it minutes ago', async () => [], now - 5 * minute, 'ok', '2026-01-10T11:55:00'],
    [
      'and Graph refuses the list',
      () => Promise.reject(denied),
      now - 5 * minute,
      'ok',
      'the app renewed it',
    ],
    ['the app renewed it long ago', async () => [], now - day, 'warn', 'no subscription'],
  ])('%s', async (_name, listSubscriptions, updatedAt, state, text) => {
    const parts = { directory: { listSubscriptions }, cursors: renewedAt(updatedAt), settings };

    const [finding] = await checkSubscription(partly(parts));

    expect(finding).toMatchObject({ state, text: expect.stringContaining(text) });
  });
});

describe('checkOwnPauses', () => {
  const pause = { reason: 'Graph refused it', by: 'x', at: now - 5 * minute, probedAt: now - minute };

  it('fails for what Graph refuses to anybody, with what to do and when it was tried', async () => {
    const control = {
      pauses: async () => [
        { ...pause, scope: 'intake', origin: 'operator' },
        { ...pause, scope: 'apply', origin: 'permission' },
        { ...pause, scope: 'sku:x', origin: 'configuration', probedAt: null },
      ],
    };

    const findings = await checkOwnPauses(partly({ control }));

    expect(findings).toMatchObject([
      {
        state: 'fail',
        text: 'apply is paused since 2026-01-10 11:55 (UTC), last tried 2026-01-10 11:59: Graph refused it',
        todo: expect.stringContaining('docs/permissions.md'),
      },
      {
        state: 'fail',
        text: expect.stringContaining('not tried again yet'),
        todo: expect.stringContaining('SKU'),
      },
    ]);
  });

  it('is content when only people have paused something', async () => {
    const control = { pauses: async () => [{ ...pause, scope: 'intake', origin: 'operator' }] };

    expect(await checkOwnPauses(partly({ control }))).toMatchObject([{ state: 'ok' }]);
  });
});

describe('checkRollouts', () => {
  const rollout = { by: 'ada', why: 'activate p.yaml', createdAt: now - day, approvalReasons: [] };
  const inStates = (...states: string[]) => ({
    list: async () => states.map((state) => ({ ...rollout, id: `r-${state}`, state })),
  });

  it('names each rollout that waits for a person, with what to do', async () => {
    const rollouts = inStates('running', 'awaiting', 'paused', 'collecting', 'done', 'cancelled');

    const findings = await checkRollouts(partly({ rollouts, settings: {} }));

    expect(findings).toMatchObject([
      {
        state: 'warn',
        text: 'r-awaiting awaits approval since 2026-01-09 12:00 (UTC), by ada: activate p.yaml.',
        todo: expect.stringContaining('licenser rollout approve r-awaiting, or cancel r-awaiting'),
      },
      { state: 'warn', text: expect.stringContaining('r-collecting collects what guards hold back') },
    ]);
  });

  it('is content when none does', async () => {
    const rollouts = inStates('running', 'done');

    expect(await checkRollouts(partly({ rollouts, settings: {} }))).toMatchObject([{ state: 'ok' }]);
  });

  it('says that one person may ask and approve', async () => {
    const parts = partly({ rollouts: inStates(), settings: { approval: 'one-person' } });

    expect(await checkRollouts(parts)).toMatchObject([
      { state: 'ok' },
      { name: 'approval', state: 'warn', text: expect.stringContaining('one-person') },
    ]);
  });
});

describe('checkQueues', () => {
  const settings: QueueSettings = {
    requiresSession: true,
    requiresDuplicateDetection: false,
    lockDurationMs: 60_000,
    maxDeliveryCount: 10,
    deadLetteringOnMessageExpiration: true,
  };
  const inspect = (found: QueueSettings | undefined) =>
    checkQueues({ settings: async () => found } as unknown as QueueInspector, [
      { name: 'license-changes', settings },
    ]);

  it('looks at every queue that is deployed: without that of due work no rollout goes on', () => {
    expect(expectedQueues.map(({ name }) => name).sort()).toEqual(
      deployedQueues.UserConfig.Namespaces.flatMap(({ Queues }) => Queues.map(({ Name }) => Name)).sort(),
    );
  });

  it('is content when every setting is as expected', async () => {
    expect(await inspect(settings)).toEqual([expect.objectContaining({ state: 'ok' })]);
  });

  it.each([
    [undefined, 'there is no queue license-changes'],
    [{ ...settings, requiresSession: false }, 'requiresSession is false, not true'],
    [{ ...settings, lockDurationMs: 30_000 }, 'lockDurationMs is 30000, not 60000'],
    [{ ...settings, maxDeliveryCount: 3 }, 'maxDeliveryCount is 3, not 10'],
  ])('names what is wrong with %j', async (found, text) => {
    const [finding] = await inspect(found);

    expect(finding).toMatchObject({ state: 'fail', text: expect.stringContaining(text) });
    expect(finding?.todo).toBeTruthy();
  });
});

describe('checkUsers', () => {
  const usersOf = (...states: Partial<UserState>[]) => ({
    async *list() {
      for (const state of states) yield { userId: 'u', state: { ...newUserState(now), ...state } };
    },
  });
  const retryAt = (at: number): Partial<UserState> => ({
    firstSeenAt: now - day,
    retry: { token: 't', key: 'missing', attempts: 1, at, why: { code: 'due', text: 't' } },
  });

  it.each([
    ['an outcome', [{ outcome: 'licensed', firstSeenAt: now - day }], 'ok'],
    ['no outcome for a minute', [{ firstSeenAt: now - minute }], 'ok'],
    ['no outcome for an hour', [{ firstSeenAt: now - 60 * minute }], 'fail'],
    ['a retry to come', [retryAt(now + minute)], 'ok'],
    ['a retry long past', [retryAt(now - 60 * minute)], 'fail'],
  ])('a user with %s', async (_name, states, state) => {
    const [finding] = await checkUsers(() => countAllUsers(partly({ users: usersOf(...states) })));

    expect(finding?.state).toBe(state);
  });

  it('counts those who need a person', async () => {
    const users = usersOf({ outcome: 'blocked' }, { outcome: 'blocked' }, { outcome: 'waiting' });

    const findings = await checkUsers(() => countAllUsers(partly({ users })));

    expect(findings[1]).toMatchObject({ state: 'warn', text: '2 blocked, 1 waiting' });
  });
});
