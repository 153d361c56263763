import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Clock } from '../../../emulator-kit/src/clock';
import { Broker } from '../../src/engine/broker';
import { memoryJournal } from '../../src/engine/journal';
import type { NewMessage } from '../../src/engine/message';
import { defaultQueueSettings } from '../../src/engine/settings';
import type { QueueSettings } from '../../src/engine/settings';

/** A clock that stands until it is moved; no sleeper is woken, so that engines must look for themselves. */
function makeClock(): Clock & { advance(ms: number): void } {
  let now = 1_000_000;
  return {
    now: () => now,
    sleep: () => new Promise<void>(() => undefined),
    advance: (ms) => {
      now += ms;
    },
  };
}

function makeQueue(settings: Partial<QueueSettings> = {}) {
  const clock = makeClock();
  let tokens = 0;
  const broker = new Broker({
    clock,
    journal: memoryJournal,
    newToken: () => (++tokens).toString(16).padStart(32, '0'),
  });
  const queue = broker.create('q', { ...defaultQueueSettings, ...settings });
  const held: { token: string; messageId: string; deliveryCount: number }[] = [];
  let credit = 0;
  const consumer = queue.addConsumer({
    mode: 'peekLock',
    canTake: () => credit > 0,
    take: (message) => {
      credit--;
      const { messageId, deliveryCount, lock } = message;
      held.push({ token: lock?.token ?? '', messageId, deliveryCount });
    },
    onEnded: () => undefined,
  });
  const take = (count = 1) => {
    broker.env.deadlines.runDue();
    credit += count;
    queue.poke(consumer);
    credit = 0;
    queue.poke(consumer);
    return held.splice(0);
  };
  return { broker, queue, clock, take };
}

function makeMessage(messageId: string, change: Partial<NewMessage> = {}): NewMessage {
  return {
    content: Buffer.from(messageId),
    messageId,
    sessionId: undefined,
    partitionKey: undefined,
    timeToLiveMs: undefined,
    scheduledFor: undefined,
    ...change,
  };
}

describe('a queue', () => {
  it('gives messages back in their order, wherever they return from', () => {
    const { queue, take } = makeQueue();
    queue.send(['a', 'b', 'c', 'd'].map((id) => makeMessage(id)));

    const [a, b, c] = take(3);
    for (const taken of [c, a, b]) queue.settle(taken?.token ?? '', { kind: 'release' });

    expect(take(4).map(({ messageId }) => messageId)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('ends a lock at its time, not before, and not after it was settled', () => {
    const { queue, clock, take } = makeQueue({ lockDurationMs: 1_000 });
    queue.send([makeMessage('a'), makeMessage('b')]);
    const [a, b] = take(2);

    clock.advance(999);
    queue.settle(a?.token ?? '', { kind: 'complete' });
    clock.advance(1);

    expect(() => queue.settle(b?.token ?? '', { kind: 'complete' })).toThrow(/lock/);
    expect(take(2)).toMatchObject([{ messageId: 'b', deliveryCount: 1 }]);
  });

  it('dead-letters after the last attempt, and forwards nothing it cannot', () => {
    const { queue, take } = makeQueue({ maxDeliveryCount: 2, forwardDeadLetteredMessagesTo: 'nowhere' });
    queue.send([makeMessage('a')]);

    for (let attempt = 0; attempt < 2; attempt++) {
      queue.settle(take()[0]?.token ?? '', { kind: 'abandon' });
    }

    expect(queue.counters()).toMatchObject({ active: 0, deadLettered: 1, deadLetterNow: 1, abandoned: 2 });
  });

  it('takes a batch as a whole or not at all', () => {
    const { queue } = makeQueue({ maxMessageSizeBytes: 10 });

    expect(() => queue.send([makeMessage('small'), makeMessage('much too large')])).toThrow(/limit/);
    expect(queue.counters()).toMatchObject({ sent: 0, active: 0 });
  });

  it('hands the next session to the receiver that waited longest', () => {
    const { queue } = makeQueue({ requiresSession: true });
    const accepted: string[] = [];
    const wait = (name: string) =>
      queue.state.sessions.acceptNext(
        { connection: {}, linkName: name, onLost: () => undefined },
        1_000,
        (lock) => accepted.push(`${name}:${lock.session.id}`),
        () => accepted.push(`${name}:timeout`),
      );
    wait('first');
    const stop = wait('second');
    wait('third');
    stop();

    queue.send([makeMessage('a', { sessionId: 'x' }), makeMessage('b', { sessionId: 'y' })]);

    expect(accepted).toEqual(['first:x', 'third:y']);
  });

  it('ends waits in time', () => {
    const { broker, queue, clock } = makeQueue({ requiresSession: true });
    const ended: string[] = [];
    queue.state.sessions.acceptNext(
      { connection: {}, linkName: 'l', onLost: () => undefined },
      500,
      () => ended.push('accepted'),
      () => ended.push('timeout'),
    );

    clock.advance(500);
    broker.env.deadlines.runDue();

    expect(ended).toEqual(['timeout']);
  });

  type Step =
    | { readonly do: 'send' | 'schedule' | 'take' | 'wait'; readonly amount: number }
    | { readonly do: 'complete' | 'abandon' | 'defer' | 'deadLetter' | 'release'; readonly amount: number };
  const step: fc.Arbitrary<Step> = fc.record({
    do: fc.constantFrom(
      'send' as const,
      'send' as const,
      'schedule' as const,
      'take' as const,
      'take' as const,
      'wait' as const,
      'complete' as const,
      'abandon' as const,
      'defer' as const,
      'deadLetter' as const,
      'release' as const,
    ),
    amount: fc.integer({ min: 1, max: 20 }),
  });

  it('keeps every message in exactly one place, and its counters right', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { queue, clock, take } = makeQueue({ lockDurationMs: 100, maxDeliveryCount: 3 });
        const locks: string[] = [];
        let sent = 0;
        for (const { do: action, amount } of steps) {
          if (action === 'send' || action === 'schedule') {
            const scheduledFor = action === 'schedule' ? clock.now() + amount * 10 : undefined;
            queue.send([makeMessage(`m${++sent}`, { scheduledFor })]);
          } else if (action === 'take') {
            locks.push(...take(amount).map(({ token }) => token));
          } else if (action === 'wait') {
            clock.advance(amount * 10);
          } else {
            const [token] = locks.splice(amount % Math.max(1, locks.length), 1);
            if (token === undefined) continue;
            const why = { reason: 'r', description: undefined };
            try {
              queue.settle(token, action === 'deadLetter' ? { kind: action, ...why } : { kind: action });
            } catch {
              // The lock was over.
            }
          }
        }

        const counters = queue.counters();
        const there = counters.active + counters.scheduledNow + counters.deferredNow + counters.deadLetterNow;
        expect(counters.sent).toBe(sent);
        expect(there + counters.completed).toBe(sent);
        expect(counters.deadLetterNow).toBe(counters.deadLettered);
        expect(counters.locked).toBe(queue.state.locks.size);
        // Every active message that is not locked can be taken, once.
        const rest = take(1_000).map(({ messageId }) => messageId);
        expect(new Set(rest).size).toBe(rest.length);
        expect(queue.counters().active).toBe(queue.counters().locked);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
