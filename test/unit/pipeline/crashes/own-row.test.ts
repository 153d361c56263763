import type { InvocationContext } from '@azure/functions';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { PermanentError, TransientError, UserError } from '../../../../shared/kernel/errors';
import type { QueueName } from '../../../../shared/queue/queues';
import { makeServiceBusTrigger } from '../../../../shared/triggers/service-bus-trigger';
import { makePipelineWorld, userId } from '../../../support/pipeline-world';

const bodies: Partial<Record<QueueName, unknown>> = {
  'directory-changes': {
    v: 1,
    trace: {},
    hint: { kind: 'look', user: { id: userId }, source: 'delta', seenAt: '2026-01-01T00:00:00.000Z' },
  },
  'license-changes': {
    v: 1,
    trace: {},
    operation: {
      ...{ user: { id: userId }, kind: 'assign', add: [], remove: [] },
      ...{ why: [], policyHash: 'a'.repeat(64) },
    },
  },
};
bodies['license-changes-bulk'] = bodies['license-changes'];

let world: ReturnType<typeof makePipelineWorld>;
/** How long messages were held before they go back to their lane, milliseconds. */
let held: number[];
beforeEach(() => {
  world = makePipelineWorld();
  held = [];
});

/** One delivery by the trigger, whose handler throws this. */
function deliver(queue: QueueName, error: Error, body = bodies[queue]): Promise<void> {
  const services = {
    ...world.pipeline,
    crashWatch: { alive: (work: () => unknown) => work(), isCareful: async () => false },
  } as unknown as typeof world.pipeline;
  const clock = { now: world.now, sleep: async (ms: number) => void held.push(ms) };
  const trigger = makeServiceBusTrigger(
    async () => services,
    queue,
    async () => Promise.reject(error),
    clock,
  );
  const ignore = () => undefined;
  const context = {
    ...{ invocationId: 'i', functionName: 'f', debug: ignore, info: ignore, warn: ignore, error: ignore },
    triggerMetadata: { messageId: 'm', deliveryCount: 1, sessionId: 'lane-07' },
  };
  return trigger(body, context as unknown as InvocationContext);
}

const queues: readonly QueueName[] = ['directory-changes', 'license-changes', 'license-changes-bulk'];
const own = [
  'store/unreadable-user',
  'store/unwritable-value',
  'store/value-too-large',
  'store/transaction-too-large',
  'queue/too-large',
] as const;
const cases = queues.flatMap((queue) => own.map((code) => [queue, code] as const));

describe('what only one user’s row can be the cause of', () => {
  it.each(cases)(
    'ends a message of %s at once (%s): the lane goes on, the user is a failure',
    async (queue, code) => {
      await deliver(queue, new PermanentError(code, 'the row of this user'));

      expect(held).toEqual([]);
      expect(world.failures).toEqual([expect.objectContaining({ subject: userId, class: 'row' })]);
    },
  );
});

describe('what concerns others, too', () => {
  it.each<[string, Error, number]>([
    ['a refusal of the tables', new PermanentError('store/forbidden', 'no'), 1],
    ['a refusal of the queue', new PermanentError('queue/not-allowed', 'no'), 1],
    ['a wrong setting', new UserError('config/invalid', 'no'), 1],
    ['an outage', new TransientError('store/unavailable', 'no'), 0],
    ['a bug', new TypeError('no'), 0],
  ])('brings the message back, and no user is a failure: %s', async (_what, error, waits) => {
    await expect(deliver('license-changes', error)).rejects.toBe(error);

    expect(held).toHaveLength(waits);
    expect(world.failures).toEqual([]);
  });

  it('is said of no user where the message does not tell which one', async () => {
    const error = new PermanentError('store/unreadable-user', 'no');

    await expect(deliver('directory-changes', error, { v: 1, hint: 'none' })).rejects.toBe(error);

    expect(world.failures).toEqual([]);
  });
});
