import { beforeEach, describe, expect, it } from '@jest/globals';
import { TransientError } from '../../../../shared/kernel/errors';
import { toSkuId } from '../../../../shared/kernel/ids';
import type { PolicyHash } from '../../../../shared/kernel/ids';
import { timing } from '../../../../shared/kernel/timing';
import { requestCensus } from '../../../../shared/pipeline/census/census-state';
import { keepSubscription } from '../../../../shared/pipeline/intake/keep-subscription';
import { receiveNotification } from '../../../../shared/pipeline/intake/receive-notification';
import { Secret } from '../../../../shared/kernel/secret';
import { doDueWork } from '../../../../shared/pipeline/due/do-due-work';
import { wakeDueWork, wakeWhile } from '../../../../shared/pipeline/due/wake-due-work';
import { dueWorks } from '../../../../shared/queue/due-work';
import type { DueWork } from '../../../../shared/queue/due-work';
import { readOperatorRequest } from '../../../../shared/queue/operator-requests';
import type { Rollout } from '../../../../shared/words/rollout';
import { ManualClock } from '../../../support/manual-clock';
import { makeMemoryCursors } from '../../../support/memory/memory-cursors';
import { makeMemoryRollouts } from '../../../support/memory/memory-stores';
import { makePipelineWorld } from '../../../support/pipeline-world';
import { makeRecordingLogger } from '../../../support/recording-logger';
import { findUnscheduled, readSchedules } from '../../../../shared/config/schedules';

/** Leases as the tables keep them. */
function makeLeases(now: () => number) {
  const held = new Map<string, { holder: string; until: number }>();
  return {
    take: async (name: string, holder: string, forMs: number) => {
      const lease = held.get(name);
      if (lease !== undefined && lease.holder !== holder && lease.until > now()) return false;
      held.set(name, { holder, until: now() + forMs });
      return true;
    },
    release: async (name: string, holder: string) => {
      if (held.get(name)?.holder === holder) held.delete(name);
    },
  };
}

function makeWorld() {
  const { pipeline } = makePipelineWorld();
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const now = () => clock.now();
  const waitedFor = new Set<string>();
  const logger = makeRecordingLogger();
  const sent: { work: DueWork; holder: string }[] = [];
  const services = {
    ...pipeline,
    clock,
    cursors: makeMemoryCursors(now),
    leases: makeLeases(now),
    rollouts: makeMemoryRollouts(),
    waitingSkus: {
      current: async () => new Set([...waitedFor].map(toSkuId)),
      add: () => undefined,
    },
    settings: { ...pipeline.settings, firstCensus: false },
  };
  const world = {
    services,
    clock,
    logger,
    sent,
    waitedFor,
    broker: async () => undefined as void,
    wake: (works: readonly DueWork[] = dueWorks) =>
      wakeDueWork(services, { logger }, works, async (work, holder) => {
        await world.broker();
        sent.push({ work, holder });
      }),
    rollout: (change: Partial<Rollout>) =>
      services.rollouts.create({
        id: 'activation-1',
        kind: 'activation',
        state: 'running',
        policyHash: 'a'.repeat(64) as PolicyHash,
        planStateHash: null,
        by: 'ann',
        why: 'a test',
        createdAt: 0,
        approvedBy: null,
        startedAt: 0,
        endedAt: null,
        approvalReasons: [],
        members: 0,
        ...change,
      }),
  };
  return world;
}

let t: ReturnType<typeof makeWorld>;
beforeEach(() => {
  t = makeWorld();
});
const works = () => t.sent.map(({ work }) => work);

describe('what is due', () => {
  it('is nothing while no rollout runs, no user waits and no census is asked for', async () => {
    await t.rollout({ state: 'awaiting' });
    await t.wake();

    expect(works()).toEqual([]);
  });

  it.each<Partial<Rollout>>([
    { state: 'running' },
    { state: 'paused' },
    { state: 'cancelled' },
    { state: 'done' },
  ])('is a rollout that is %j and has not ended', async (change) => {
    await t.rollout(change);
    await t.wake();

    expect(works()).toEqual(['rollouts']);
  });

  it('is a rollout that has ended only while it claims the policy pointer', async () => {
    const ended = await t.rollout({ state: 'cancelled', endedAt: 1 });
    await t.wake();
    expect(works()).toEqual([]);
    const { policies } = t.services;
    const pointer = await policies.pointer();
    await policies.movePointer(pointer, {
      ...pointer,
      candidate: ended.policyHash,
      candidateOf: ended.id,
      isCandidateApproved: true,
    });

    await t.wake();

    expect(works()).toEqual(['rollouts']);
  });

  it('is asked of all cursors by one request', async () => {
    const readAll = t.services.cursors.readAll.bind(t.services.cursors);
    let asked = 0;
    t.services.cursors.readAll = (but) => ((asked += 1), readAll(but));
    await t.wake();
    expect(asked).toBe(1);
  });

  it('is a list that a user stands on, and a census that is asked for', async () => {
    t.waitedFor.add('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');
    await requestCensus(t.services.cursors, { at: t.clock.now(), by: 'ann', reason: 'asked for' });

    await t.wake();

    expect(works()).toEqual(['waiting-list', 'census-walk']);
  });
});

describe('a subscription that Graph has spoken of', () => {
  const clientState = new Secret('s');
  let calls: string[];
  let isAway: boolean;
  beforeEach(() => {
    calls = [];
    isAway = false;
    const held = [{ id: 's1', resource: 'users', notificationUrl: '', expirationDateTime: '' }];
    const directory = {
      listSubscriptions: async () => {
        if (isAway) throw new Error('Graph is away');
        return held;
      },
      createSubscription: async () => {
        calls.push('create');
        return held[0];
      },
      renewSubscription: async () => void calls.push('renew'),
      deleteSubscription: async () => void calls.push('delete'),
    };
    Object.assign(t.services, {
      directory: { ...t.services.directory, ...directory },
      settings: { ...t.services.settings, clientState, notificationUrl: 'https://app/1' },
    });
  });
  const speak = async (lifecycleEvent: string, by = 's') => {
    const value = [{ subscriptionId: 's1', clientState: by, lifecycleEvent }];
    const request = { validationToken: null, body: JSON.stringify({ value }) };
    t.clock.advance(1);
    return receiveNotification(t.services, { logger: t.logger }, request, async () => undefined);
  };
  const see = async () => {
    await t.wake();
    for (const request of t.sent.splice(0)) await doDueWork(t.services, { logger: t.logger }, request);
  };

  it.each(['reauthorizationRequired', 'subscriptionRemoved', 'missed'])(
    'is seen to within a round after %s, once',
    async (event) => {
      await keepSubscription(t.services, { logger: t.logger });
      calls.length = 0;

      expect(await speak(event)).toMatchObject({ status: 202 });
      t.clock.advance(1);
      await see();
      await see();

      expect(calls).toEqual(['renew']);
    },
  );

  it('is tried again at every round until it works', async () => {
    await keepSubscription(t.services, { logger: t.logger });
    await speak('reauthorizationRequired');
    isAway = true;
    await see();
    isAway = false;
    calls.length = 0;

    t.clock.advance(1);
    await see();

    expect(calls).toEqual(['renew']);
  });

  it('is left alone when the word is not Graph’s', async () => {
    await keepSubscription(t.services, { logger: t.logger });
    calls.length = 0;

    await speak('subscriptionRemoved', 'forged');
    await see();

    expect(calls).toEqual([]);
  });
});

describe('the message that starts it', () => {
  beforeEach(async () => {
    await t.rollout({});
  });

  it('is sent once, until its run is over', async () => {
    await t.wake();
    await t.wake();
    expect(works()).toEqual(['rollouts']);
    const [first] = t.sent;
    if (first === undefined) throw new Error('nothing sent');

    await doDueWork(t.services, { logger: t.logger }, first);
    await t.rollout({ id: 'activation-2' });
    await t.wake();

    expect(works()).toEqual(['rollouts', 'rollouts']);
  });

  it('is replaced when it was lost', async () => {
    await t.wake();
    t.clock.advance(timing.intake.wakeLost.ms + 1);
    await t.wake();

    expect(works()).toEqual(['rollouts', 'rollouts']);
  });

  it('is sent at the next look when the broker was away, and the timer does not fail', async () => {
    t.broker = async () => {
      throw new TransientError('queue/unavailable', 'the broker is away');
    };
    await t.wake();
    t.broker = async () => undefined;
    await t.wake();

    expect(works()).toEqual(['rollouts']);
    expect(t.logger.lines.map(({ level, fields }) => [level, fields['work']])).toEqual([
      ['warn', 'rollouts'],
    ]);
  });

  it('is read as what it is, and an operation as an operation', () => {
    const body = (request: object) => ({ v: 1, request });

    expect(readOperatorRequest(body({ work: 'census-walk', holder: 'h' }))).toEqual({
      work: 'census-walk',
      holder: 'h',
    });
    expect(readOperatorRequest(body({ operation: 'op-1' }))).toEqual({ operation: 'op-1' });
    expect(readOperatorRequest({ v: 2 })).toBeUndefined();
  });

  it('ends without an error when the work fails, which is in the log, and the next may come at once', async () => {
    const failing = {
      ...t.services,
      rollouts: { ...t.services.rollouts, list: () => Promise.reject(new Error('no')) },
    };
    await t.services.leases.take('wake-rollouts', 'h', 60_000);

    await doDueWork(failing, { logger: t.logger }, { work: 'rollouts', holder: 'h' });

    expect(t.logger.lines).toMatchObject([{ level: 'error', message: 'Work that was due failed' }]);
    expect(await t.services.leases.take('wake-rollouts', 'other', 1)).toBe(true);
  });
});

describe('the short timer', () => {
  it('looks at what is due again while its own round takes long, and ends with it', async () => {
    let end = () => undefined as void;
    const round = new Promise<void>((resolve) => {
      end = resolve;
    });
    let looks = 0;
    const run = wakeWhile(
      t.services,
      () => round,
      async () => {
        looks += 1;
      },
    );
    const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));
    await settle();
    expect(looks).toBe(1);
    t.clock.advance(timing.intake.dueLook.ms);
    await settle();
    expect(looks).toBe(2);

    end();
    await run;

    expect([looks, t.clock.sleeping]).toEqual([2, 0]);
  });

  it('fails as its own round fails, after it has looked at what is due', async () => {
    let looks = 0;
    const run = wakeWhile(
      t.services,
      async () => {
        throw new Error('Graph is away');
      },
      async () => {
        looks += 1;
      },
    );

    await expect(run).rejects.toThrow('Graph is away');
    expect(looks).toBe(1);
  });
});

describe('schedules that are set', () => {
  it('are kept as they are, and the short timer leaves their functions alone', () => {
    const environment = { LICENSER_ROLLOUT_SCHEDULE: '*/10 * * * * *' };

    expect(readSchedules(environment).rollouts).toBe('*/10 * * * * *');
    expect(findUnscheduled(environment)).toEqual(['waiting-list', 'census-walk']);
    // The subscription has a schedule of its own in any case, and is woken in any case.
    expect([...findUnscheduled({}), 'graph-subscription']).toEqual([...dueWorks]);
  });
});
