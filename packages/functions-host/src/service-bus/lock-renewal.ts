import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import type { Clock } from '../../../emulator-kit/src/clock';

const latestMs = 10_000;

/** When to renew a lock that has `leftMs` to go: 10 s before its end, or after half of it when it is short. */
export function renewAfterMs(leftMs: number): number {
  return Math.max(100, leftMs > 2 * latestMs ? leftMs - latestMs : leftMs / 2);
}

/**
 * Renews a message's lock until `done` is aborted or `maxMs` have passed since the message came.
 * The client's own renewer keys its timers by message id, so that two messages of one id disturb each other and
 * one without an id fails (@azure/service-bus dist-esm/src/core/autoLockRenewer.js).
 */
export async function keepLocked(options: {
  message: ServiceBusReceivedMessage;
  receiver: Pick<ServiceBusReceiver, 'renewMessageLock'>;
  maxMs: number;
  clock: Clock;
  done: AbortSignal;
  onError: (thrown: unknown) => void;
}): Promise<void> {
  const { message, receiver, clock, done } = options;
  const until = clock.now() + options.maxMs;
  let lockedUntil = message.lockedUntilUtc?.getTime() ?? 0;
  while (lockedUntil < until) {
    await clock.sleep(renewAfterMs(lockedUntil - clock.now()), done).catch(() => undefined);
    if (done.aborted || clock.now() >= until) return;
    try {
      lockedUntil = (await receiver.renewMessageLock(message)).getTime();
    } catch (thrown) {
      options.onError(thrown);
      return;
    }
  }
}
