import type { ServiceBusClient, ServiceBusSender } from '@azure/service-bus';
import { isServiceBusError } from '@azure/service-bus';
import type { Clock } from '../kernel/clock';
import type { Logger } from '../kernel/logger';
import { timing } from '../kernel/timing';
import { lastFailure } from './last-failure';

/** A Service Bus client of one process, which is made anew where it no longer gets an answer. */
export interface RenewedClient {
  /** The namespace's host name. */
  readonly fullyQualifiedNamespace: string;
  /**
   * One attempt with the client of now. Where nothing on that client was answered from its start to its end, the next
   * attempt gets another one, at most once in `timing.queue.clientRenewed`. `limitMs`: ends work that has no time-out of its own,
   * with an AbortError. @throws what `work` throws
   */
  attempt<Result>(work: (client: ServiceBusClient) => Promise<Result>, limitMs?: number): Promise<Result>;
  /** The same, with the one sender to that queue. */
  attemptSending<Result>(queue: string, work: (sender: ServiceBusSender) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

type Held = {
  readonly client: ServiceBusClient;
  readonly senders: Map<string, ServiceBusSender>;
  /** Milliseconds; an answer is also a refusal, and a connection that is refused. */
  answeredAt: number;
};

/**
 * A connection that breaks while a link is being opened can leave the SDK's client waiting for good: whatever is sent with it
 * later, by new senders, too, ends by its time-out, also when the broker has long been back (`readyToOpenLink` in
 * connectionContext.js of @azure/service-bus waits for a reset that never ends). Only another client gets out of that.
 */
export function makeRenewedClient(
  make: () => ServiceBusClient,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): RenewedClient {
  const hold = (): Held => ({ client: make(), senders: new Map(), answeredAt: -Infinity });
  let held = hold();
  let renewedAt = -Infinity;

  const attempt = async <Result>(work: (own: Held) => Promise<Result>, limitMs?: number): Promise<Result> => {
    const own = held;
    const startedAt = clock.now();
    try {
      const result = await (limitMs === undefined ? work(own) : Promise.race([work(own), endAfter(limitMs)]));
      own.answeredAt = clock.now();
      return result;
    } catch (thrown) {
      if (!isUnanswered(thrown)) own.answeredAt = clock.now();
      else if (own.answeredAt < startedAt) renew(own);
      throw thrown;
    }
  };

  function renew(old: Held): void {
    const now = clock.now();
    if (old !== held || now - renewedAt < timing.queue.clientRenewed.ms) return;
    renewedAt = now;
    held = hold();
    logger.warn('The Service Bus client gets no answer and is replaced', {});
    // It may never end: its links wait as its attempts did.
    void old.client.close().catch(() => undefined);
  }

  return {
    fullyQualifiedNamespace: held.client.fullyQualifiedNamespace,
    attempt: (work, limitMs) => attempt(({ client }) => work(client), limitMs),
    attemptSending: (queue, work) =>
      attempt(({ client, senders }) => {
        const sender = senders.get(queue) ?? client.createSender(queue);
        senders.set(queue, sender);
        return work(sender);
      }),
    close: () => held.client.close(),
  };
}

class NoAnswerError extends Error {
  override readonly name = 'AbortError';
}

function endAfter(ms: number): Promise<never> {
  const signal = AbortSignal.timeout(ms);
  return new Promise((_, reject) => {
    const end = () => reject(new NoAnswerError(`Service Bus gave no answer in ${String(ms / 1_000)} s`));
    signal.addEventListener('abort', end, { once: true });
  });
}

/** Ended by the time that was given to it, and by nothing that anybody said. */
function isUnanswered(thrown: unknown): boolean {
  const error = lastFailure(thrown);
  return error.name === 'AbortError' || (isServiceBusError(error) && error.code === 'ServiceTimeout');
}
