import type { QueueInspector, QueueSettings } from '../../queue/queue-inspector';
import { fail, isRefusedQueue, notLookedAt, ok } from './finding';
import type { Finding } from './finding';
import type { ExpectedQueue } from '../../queue/expected-queues';

const howToMend: Readonly<Record<keyof QueueSettings, string>> = {
  requiresSession: 'It cannot be changed: delete the queue when it is empty and deploy again.',
  requiresDuplicateDetection: 'It cannot be changed: delete the queue when it is empty and deploy again.',
  lockDurationMs: 'Deploy infra/main.bicep again.',
  maxDeliveryCount: 'Deploy infra/main.bicep again.',
  deadLetteringOnMessageExpiration: 'Deploy infra/main.bicep again.',
};

/** The queues exist and are set as the app expects. Reading settings takes the right Manage, which the app works without. */
export async function checkQueues(
  inspector: QueueInspector,
  expected: readonly ExpectedQueue[],
): Promise<readonly Finding[]> {
  try {
    return await compareQueues(inspector, expected);
  } catch (error) {
    if (isRefusedQueue(error)) return [notLookedAt('queues', error)];
    throw error;
  }
}

async function compareQueues(
  inspector: QueueInspector,
  expected: readonly ExpectedQueue[],
): Promise<readonly Finding[]> {
  const findings = await Promise.all(
    expected.map(async ({ name, settings }): Promise<Finding[]> => {
      const found = await inspector.settings(name);
      if (found === undefined) {
        return [fail('queues', `there is no queue ${name}`, 'Deploy infra/main.bicep, which makes it.')];
      }
      const keys = Object.keys(settings) as (keyof QueueSettings)[];
      return keys
        .filter((key) => found[key] !== settings[key])
        .map((key) =>
          fail(
            'queues',
            `${name}: ${key} is ${String(found[key])}, not ${String(settings[key])}`,
            howToMend[key],
          ),
        );
    }),
  );
  const all = findings.flat();
  return all.length > 0
    ? all
    : [ok('queues', `${String(expected.length)} queues with the expected settings`)];
}
