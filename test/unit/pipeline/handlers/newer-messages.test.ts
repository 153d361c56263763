import { describe, expect, it } from '@jest/globals';
import { timing } from '../../../../shared/kernel/timing';
import { takeMessage } from '../../../../shared/pipeline/handlers/take-message';
import { readMessage } from '../../../../shared/queue/messages';
import type { QueueName } from '../../../../shared/queue/queues';
import { makePipelineWorld } from '../../../support/pipeline-world';

type PutBack = readonly [
  queue: string,
  body: unknown,
  at: number,
  session: string | undefined,
  round: number,
];

async function take(queue: QueueName, body: unknown, messageId: string, sessionId?: string) {
  const world = makePipelineWorld();
  const back: PutBack[] = [];
  const services = {
    ...world.pipeline,
    queues: { putBack: async (...sent: PutBack) => void back.push(sent) },
  } as unknown as typeof world.pipeline;
  const delivery = { queue, messageId, deliveryCount: 1, ...(sessionId === undefined ? {} : { sessionId }) };
  const message = await takeMessage<unknown>(services, world.task, readMessage(queue, body), body, delivery);
  return { message, back, failures: world.failures, now: world.now() };
}
const most = timing.handlers.newerAwaited.ms / timing.handlers.putBack.ms;

describe('a message of a newer version', () => {
  it.each<[QueueName, unknown, string, string | undefined, number]>([
    ['directory-changes', { v: 2, hint: { kind: 'look' } }, 'hint-1', undefined, 1],
    ['directory-changes', { v: 999, everything: 'else' }, 'again-1-abc', undefined, 2],
    ['license-changes', { v: 2, operation: {} }, 'op-1', 'lane-07', 1],
    ['license-changes-bulk', { v: 3 }, 'again-41-abc', 'lane-31', 42],
    ['license-changes', { v: 2 }, 'again-x-abc', 'lane-00', 1],
    ['license-changes', { v: 2 }, 'again-7', 'lane-00', 1],
    ['license-changes', { v: 2 }, 'once-again-7-abc', 'lane-00', 1],
    ['directory-changes', { v: 2 }, `again-${String(most - 1)}-abc`, undefined, most],
  ])('on %s, %j, as %s goes back as it is', async (queue, body, messageId, session, round) => {
    const { message, back, failures, now } = await take(queue, body, messageId, session);

    expect(message).toBeUndefined();
    expect(back).toEqual([[queue, body, now + timing.handlers.putBack.ms, session, round]]);
    expect(failures).toEqual([]);
  });

  it.each<[QueueName, string]>([
    ['directory-changes', `again-${String(most)}-abc`],
    ['license-changes', `again-${String(most + 1)}-abc`],
    ['license-changes-bulk', 'again-999999-abc'],
  ])('on %s is a failure after a day of rounds (%s)', async (queue, messageId) => {
    const { message, back, failures } = await take(queue, { v: 999 }, messageId);

    expect([message, back]).toEqual([undefined, []]);
    expect(failures).toMatchObject([
      { subject: `message:${messageId}`, class: 'unreadable', reason: { code: 'message/unreadable' } },
    ]);
    expect(failures[0]?.reason.text).toContain('of version 999');
  });

  it.each<[string, unknown]>([
    ['version 0', { v: 0 }],
    ['half a version', { v: 1.5 }],
    ['an endless version', { v: Infinity }],
    ['a version that is a text', { v: '2' }],
    ['no version', { hint: {} }],
  ])('is none that has %s: a failure at once', async (_what, body) => {
    const { back, failures } = await take('directory-changes', body, 'hint-1');

    expect(back).toEqual([]);
    expect(failures).toMatchObject([{ class: 'unreadable' }]);
  });
});
