import type { ServiceBusClient, ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { systemClock } from '../../emulator-kit/src/clock';
import type { Random } from '../../emulator-kit/src/random';
import type { SoakBroker } from './soak-broker';
import type { SoakLedger } from './soak-ledger';

/** Sends small batches under ids of its own. A send that failed may have arrived; it is not counted as acknowledged. */
export async function produce(
  broker: SoakBroker,
  ledger: SoakLedger,
  name: string,
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  let number = 0;
  await withClients(broker, signal, async (client) => {
    const ids = Array.from({ length: 1 + Math.floor(random() * 20) }, () => `${name}-${++number}`);
    const sender = client.createSender('soak');
    await inTime(sender.sendMessages(ids.map((messageId) => ({ messageId, body: 'x'.repeat(500) }))));
    for (const id of ids) ledger.acknowledged.add(id);
    await inTime(sender.close());
  });
}

/** Receives, and completes most of what comes; some is abandoned, some dead-lettered, some forgotten. */
export async function consume(
  broker: SoakBroker,
  ledger: SoakLedger,
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  await withClients(broker, signal, async (client) => {
    const receiver = client.createReceiver('soak', { maxAutoLockRenewalDurationInMs: 0 });
    const messages = await inTime(receiver.receiveMessages(20, { maxWaitTimeInMs: 300 }));
    for (const message of messages) await settle(receiver, message, ledger, random());
    await inTime(receiver.close());
  });
}

const patienceMs = 4_000;

/** Repeats `work` with one client, and with a new one after every failure: a cut client may never answer again. */
async function withClients(
  broker: SoakBroker,
  signal: AbortSignal,
  work: (client: ServiceBusClient) => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    const client = broker.connect();
    try {
      while (!signal.aborted) await work(client);
    } catch {
      await systemClock.sleep(20);
    }
    await inTime(client.close()).catch(() => undefined);
  }
}

async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  const done = new AbortController();
  const tooLate = systemClock.sleep(patienceMs, done.signal).then(() => {
    throw new Error('No answer in time');
  });
  tooLate.catch(() => undefined);
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    done.abort();
  }
}

async function settle(
  receiver: ServiceBusReceiver,
  message: ServiceBusReceivedMessage,
  ledger: SoakLedger,
  chance: number,
): Promise<void> {
  const id = String(message.messageId);
  ledger.onReceived(id);
  if (chance < 0.02) return;
  if (chance < 0.1) {
    await inTime(receiver.abandonMessage(message));
    return;
  }
  ledger.uncertain.add(id);
  if (chance < 0.13) {
    const why = { deadLetterReason: 'soak', deadLetterErrorDescription: 'drawn by lot' };
    await inTime(receiver.deadLetterMessage(message, why));
    ledger.deadLettered.add(id);
  } else {
    await inTime(receiver.completeMessage(message));
    ledger.completed.add(id);
  }
  ledger.uncertain.delete(id);
}
