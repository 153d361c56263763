import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../shared/kernel/logger';
import { sendHints, sendOperation } from '../../../shared/pipeline/send-messages';
import type { Services } from '../../../shared/pipeline/services';
import type { Hint, OperationMessage } from '../../../shared/queue/messages';

const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const hints = (count: number) => Array.from({ length: count }, () => ({}) as Hint);

function recording() {
  const parents: (string | undefined)[] = [];
  const services = {
    clock: { now: () => 1_000_000, sleep: async () => undefined },
    queues: {
      sendHints: async (_hints: readonly Hint[], options?: { parent?: string }) => {
        parents.push(options?.parent);
      },
      sendOperation: async (_queue: string, message: OperationMessage) => {
        parents.push(message.trace.parent);
      },
    },
  } as unknown as Services;
  return { parents, services };
}
const operation = {} as OperationMessage['operation'];

describe('messages that a task sends', () => {
  it('carry its trace on, save those of more than 50 users and those of more than 10 minutes later', async () => {
    const { parents, services } = recording();
    const task = { logger: silentLogger, trace };

    await sendHints(services, task, hints(1));
    await sendHints(services, task, hints(50), 1_030_000);
    await sendHints(services, task, hints(51));
    await sendHints(services, task, hints(1), 10_000_000);
    await sendOperation(services, task, 'license-changes', operation, 'lane-00');

    expect(parents).toEqual([trace, trace, undefined, undefined, trace]);
  });

  it('carry none where there is none', async () => {
    const { parents, services } = recording();

    await sendHints(services, { logger: silentLogger }, hints(1));
    await sendOperation(services, { logger: silentLogger }, 'license-changes', operation, 'lane-00');

    expect(parents).toEqual([undefined, undefined]);
  });
});
