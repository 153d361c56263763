import { setImmediate } from 'node:timers/promises';
import { ServiceBusError } from '@azure/service-bus';
import type { ServiceBusClient } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';
import { timing } from '../../../shared/kernel/timing';
import { makeOperatorRequestSender } from '../../../shared/queue/operator-requests';
import { queueNames } from '../../../shared/queue/queues';
import { makeRenewedClient } from '../../../shared/queue/renewed-client';
import { makeServiceBusQueueSender } from '../../../shared/queue/service-bus-queue-sender';
import { seededRandom } from '../../../shared/kernel/random';
import { ManualClock } from '../../support/manual-clock';
import { silentLogger } from '../../../shared/kernel/logger';

const aborted = () => Object.assign(new Error('The operation was aborted.'), { name: 'AbortError' });
/** Longer than any test. */
const limitMs = 600_000;
type Send = (client: number) => Promise<void>;

/** Clients 1, 2, 3, …; `send`: what a sender of the n-th does. */
function clients(send: Send = async () => undefined) {
  const clock = new ManualClock(1_700_000_000_000);
  const closed: number[] = [];
  let made = 0;
  const make = () => {
    const number = ++made;
    return {
      fullyQualifiedNamespace: 'contoso.servicebus.windows.net',
      createSender: () => ({ sendMessages: () => send(number) }),
      number,
      // As a client whose links wait for good.
      close: () => (closed.push(number), new Promise(() => undefined)),
    } as unknown as ServiceBusClient;
  };
  const renewed = makeRenewedClient(make, { clock, logger: silentLogger });
  const numberOf = () =>
    renewed.using(async (client, call) =>
      call(async () => (client as unknown as { number: number }).number, limitMs),
    );
  const fail = (error: unknown, tookMs = timing.queue.sendAttempt.ms) =>
    renewed
      .using((_, call) =>
        call(async () => {
          clock.advance(tookMs);
          throw error;
        }, limitMs),
      )
      .catch(() => undefined);
  return { clock, renewed, numberOf, fail, closed };
}

describe('a Service Bus client that gets no answer', () => {
  it.each([
    ['the end of its time', aborted()],
    ['its own time-out', new ServiceBusError('late', 'ServiceTimeout')],
    ['a time-out after several attempts', new AggregateError([new Error('cut'), aborted()])],
  ])('is replaced after %s, and closed without being waited for', async (_, error) => {
    const { fail, numberOf, closed } = clients();
    await fail(error);
    expect(await numberOf()).toBe(2);
    expect(closed).toEqual([1]);
  });

  it.each([
    ['a refusal', new ServiceBusError('no', 'UnauthorizedAccess')],
    ['a connection that is refused', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })],
    ['a cut connection', new ServiceBusError('cut', 'ServiceCommunicationProblem')],
    ['what the work itself threw', new TypeError('bug')],
  ])('stays after %s', async (_, error) => {
    const { fail, numberOf } = clients();
    await fail(error);
    expect(await numberOf()).toBe(1);
  });

  it('stays where anything was answered meanwhile', async () => {
    const { clock, renewed, numberOf } = clients();
    const late = renewed.using((_, call) =>
      call(async () => {
        clock.advance(1_000);
        await numberOf();
        throw aborted();
      }, limitMs),
    );
    await expect(late).rejects.toThrow('aborted');
    expect(await numberOf()).toBe(1);
  });

  it('is replaced once by many attempts that end together, and once in a minute at most', async () => {
    const { clock, renewed, fail, numberOf } = clients();
    await Promise.allSettled(
      Array.from({ length: 32 }, () =>
        renewed.using((_, call) => call(() => Promise.reject(aborted()), limitMs)),
      ),
    );
    expect(await numberOf()).toBe(2);
    await fail(aborted(), 10);
    expect(await numberOf()).toBe(2);
    clock.advance(timing.queue.clientRenewed.ms);
    await fail(aborted());
    expect(await numberOf()).toBe(3);
  });

  it('ends work that has no time-out of its own', async () => {
    const { renewed, numberOf } = clients();
    const waiting = renewed.using((_, call) => call(() => new Promise(() => undefined), 1));
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    expect(await numberOf()).toBe(2);
  });

  it('is not closed under work that goes on with it', async () => {
    const { renewed, fail, numberOf, closed } = clients();
    await renewed.using(async (_, call) => {
      await fail(aborted());
      expect(await numberOf()).toBe(2);
      expect(closed).toEqual([]);
      await call(async () => undefined, limitMs);
    });
    expect(closed).toEqual([1]);
  });

  it('is replaced also when the clock was set back since the last time', async () => {
    const { clock, fail, numberOf } = clients();
    await fail(aborted());
    clock.advance(-2 * timing.queue.clientRenewed.ms);
    await fail(aborted(), 0);
    expect(await numberOf()).toBe(3);
  });

  it('is not made anew once all of it is over, whose end nothing waits for', async () => {
    const { clock, renewed, fail, numberOf } = clients();
    const closing = renewed.close();
    clock.advance(timing.queue.closing.ms);
    await closing;
    await fail(aborted());
    expect(await numberOf()).toBe(1);
  });

  it('is no reason for a message to be lost: it goes out by the next one, within the same call', async () => {
    const sentBy: number[] = [];
    const { clock, renewed } = clients(async (number) => {
      if (number === 1) throw aborted();
      sentBy.push(number);
    });
    const tools = { clock, random: seededRandom(1), budgetMs: 60_000 };
    const sender = makeServiceBusQueueSender(renewed, tools);
    const sending = sender.putBack(queueNames.directoryChanges, { v: 1 }, clock.now() + 1_000);
    let isSent = false;
    void sending.then(() => (isSent = true));
    while (!isSent) {
      clock.advance(timing.queue.sendRetry.firstMs);
      await setImmediate();
    }
    await makeOperatorRequestSender(renewed, tools).send('operation');
    expect(sentBy).toEqual([2, 2]);
  });
});
