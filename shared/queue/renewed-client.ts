import type { ServiceBusClient, ServiceBusSender } from '@azure/service-bus';
import { isServiceBusError } from '@azure/service-bus';
import type { Clock } from '../kernel/clock';
import type { Logger } from '../kernel/logger';
import { timing } from '../kernel/timing';
import { within } from '../kernel/within';
import { lastFailure } from './last-failure';

/** One call to the broker; `limitMs`: it ends then with an AbortError, as some of the SDK's have no time-out of their own. */
export type Call = <Result>(call: () => Promise<Result>, limitMs: number) => Promise<Result>;

/**
 * A Service Bus client of one process, which is made anew where it no longer gets an answer: where nothing on it was answered
 * from a call's start to its end, once in `timing.queue.clientRenewed` at most.
 */
export interface RenewedClient {
  /** The namespace's host name. */
  readonly fullyQualifiedNamespace: string;
  /** Work of several calls with the client of now, which is not closed under it. @throws what `work` throws */
  using<Result>(work: (client: ServiceBusClient, call: Call) => Promise<Result>): Promise<Result>;
  /** One attempt to send with the one sender to that queue. @throws what `send` throws; AbortError after `timing.queue.sendEnd` */
  sending<Result>(queue: string, send: (sender: ServiceBusSender) => Promise<Result>): Promise<Result>;
  /** Waits no longer than `timing.queue.closing`. Never throws. */
  close(): Promise<void>;
}

type Held = {
  readonly client: ServiceBusClient;
  readonly senders: Map<string, ServiceBusSender>;
  /** How often anything was answered; an answer is also a refusal, and a connection that is refused. */
  answers: number;
  /** Work that goes on with it. */
  users: number;
  isOld: boolean;
};

/**
 * A connection that breaks while a link is being opened can leave the SDK's client waiting for good: whatever is sent with it
 * later, by new senders, too, waits, also when the broker has long been back (`readyToOpenLink` in
 * connectionContext.js of @azure/service-bus waits for a reset that never ends). Only another client gets out of that.
 */
export function makeRenewedClient(
  make: () => ServiceBusClient,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): RenewedClient {
  const hold = (): Held => ({ client: make(), senders: new Map(), answers: 0, users: 0, isOld: false });
  let held = hold();
  let renewedAt = -Infinity;
  let isClosed = false;

  const callOf =
    (own: Held): Call =>
    async (call, limitMs) => {
      const { answers } = own;
      try {
        const result = await endedAfter(call, limitMs);
        own.answers++;
        return result;
      } catch (thrown) {
        if (!isUnanswered(thrown)) own.answers++;
        else if (own.answers === answers) renew(own);
        throw thrown;
      }
    };

  const using = async <Result>(work: (own: Held, call: Call) => Promise<Result>): Promise<Result> => {
    const own = held;
    own.users++;
    try {
      return await work(own, callOf(own));
    } finally {
      own.users--;
      closeIfUnused(own);
    }
  };

  function renew(old: Held): void {
    const now = clock.now();
    if (isClosed || old !== held || Math.abs(now - renewedAt) < timing.queue.clientRenewed.ms) return;
    renewedAt = now;
    held = hold();
    old.isOld = true;
    logger.warn('The Service Bus client gets no answer and is replaced', {});
  }

  /** It may never end: its links wait as its calls did. */
  function closeIfUnused({ client, isOld, users }: Held): void {
    if (isOld && users === 0) void client.close().catch(() => undefined);
  }

  return {
    fullyQualifiedNamespace: held.client.fullyQualifiedNamespace,
    using: (work) => using(({ client }, call) => work(client, call)),
    sending: (queue, send) =>
      using(({ client, senders }, call) => {
        const sender = senders.get(queue) ?? client.createSender(queue);
        senders.set(queue, sender);
        return call(() => send(sender), timing.queue.sendEnd.ms);
      }),
    async close() {
      isClosed = true;
      await within(held.client.close(), timing.queue.closing.ms, clock);
    },
  };
}

class NoAnswerError extends Error {
  override readonly name = 'AbortError';
}

async function endedAfter<Result>(call: () => Promise<Result>, ms: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    const give = () => reject(new NoAnswerError(`Service Bus gave no answer in ${String(ms / 1_000)} s`));
    timer = setTimeout(give, ms);
  });
  try {
    return await Promise.race([call(), end]);
  } finally {
    clearTimeout(timer);
  }
}

/** Ended by the time that was given to it, and by nothing that anybody said. */
function isUnanswered(thrown: unknown): boolean {
  const error = lastFailure(thrown);
  return error.name === 'AbortError' || (isServiceBusError(error) && error.code === 'ServiceTimeout');
}
