import { describe, expect, it } from '@jest/globals';
import { applyInLane } from '../../../../shared/pipeline/handlers/apply-in-lane';
import type { StrayMessage } from '../../../../shared/queue/stray-sessions';
import { makePipelineWorld, userId } from '../../../support/pipeline-world';
import { userId as otherId } from '../../../support/user-states';

const operationOf = (id: string) => ({
  v: 1,
  operation: { user: { id }, kind: 'assign', add: [], remove: [], why: [], policyHash: 'f'.repeat(64) },
  trace: {},
});

function setUp(
  strays: readonly (readonly StrayMessage[])[] = [],
  options: { readonly isTaken?: boolean; readonly error?: Error } = {},
) {
  const world = makePipelineWorld();
  const drained: string[] = [];
  const released: string[] = [];
  const putBack: (string | undefined)[] = [];
  const services = {
    ...world.pipeline,
    queues: {
      ...world.pipeline.queues,
      // As Service Bus: a session queue takes no message without a session.
      putBack: async (_queue: string, _body: unknown, _at: number, sessionId?: string) => {
        if (sessionId === undefined) throw new Error('The SessionId was not set on a message');
        putBack.push(sessionId);
      },
    },
    leases: {
      take: async () => options.isTaken !== true,
      release: async (name: string) => void released.push(name),
    },
    straySessions: {
      drain: async (
        queue: string,
        _forMs: number,
        handle: (messages: readonly StrayMessage[]) => Promise<void>,
      ) => {
        drained.push(queue);
        if (options.error !== undefined) throw options.error;
        for (const messages of strays) await handle(messages);
        return strays.flat().length;
      },
    },
  };
  const apply = (sessionId?: string, queue: 'license-changes' | 'license-changes-bulk' = 'license-changes') =>
    applyInLane(services, world.task, operationOf(userId), {
      queue,
      messageId: 'm',
      deliveryCount: 1,
      ...(sessionId === undefined ? {} : { sessionId }),
    });
  const hints = () => world.sent.flatMap((one) => (one.kind === 'hint' ? [one.hint] : []));
  return { ...world, apply, drained, released, hints, putBack };
}

describe('a message in a lane', () => {
  it.each(['lane-00', 'lane-31', 'lane-127', undefined])('%s is applied, and nothing else', async (lane) => {
    const { apply, drained, writes } = setUp();

    await apply(lane);

    expect([drained, writes.length]).toEqual([[], 1]);
  });
});

describe('a message in a session that is no lane', () => {
  it.each(['x', '', 'lane-128', 'lane-1', 'lane-00 ', 'LANE-00'])(
    'has all such sessions emptied, and is applied itself (%j)',
    async (session) => {
      const { apply, drained, released, writes } = setUp();

      await apply(session, 'license-changes-bulk');

      expect(drained).toEqual(['license-changes-bulk']);
      expect(released).toHaveLength(1);
      expect(writes).toHaveLength(1);
    },
  );

  it('leads to one look at each user, as of a crowd, and to a failure for what cannot be read', async () => {
    const message = (body: unknown, messageId: string) => ({ body, messageId, sessionId: 'x' });
    const { apply, hints, failures } = setUp([
      [message(operationOf(otherId(1)), 'a'), message(operationOf(otherId(1)), 'b')],
      [message('no message', 'c'), message(operationOf(otherId(2)), 'd')],
      [message({ v: 1, operation: {} }, 'e')],
    ]);

    await apply('x');

    const looked = hints().filter(({ source }) => source === 'deadLetter');
    expect(looked.map(({ user, crowd }) => [user.id, crowd])).toEqual([
      [otherId(1), true],
      [otherId(2), true],
    ]);
    expect(failures.map(({ subject }) => subject)).toEqual(['message:c', 'message:e']);
  });

  it('puts one of a newer version back into its session, and goes on with the others', async () => {
    const { apply, hints, putBack } = setUp([
      [{ body: { v: 99 }, messageId: 'a', sessionId: 'y' }],
      [{ body: operationOf(otherId(2)), messageId: 'b', sessionId: 'z' }],
    ]);

    await apply('x');

    expect(putBack).toEqual(['y']);
    expect(hints().map(({ user }) => user.id)).toContain(otherId(2));
  });

  it('leaves it to the process that is at it already', async () => {
    const { apply, drained, writes } = setUp([], { isTaken: true });

    await apply('x');

    expect([drained, writes.length]).toEqual([[], 1]);
  });

  it('is applied also when the sessions cannot be emptied', async () => {
    const { apply, released, writes } = setUp([], { error: new Error('the broker is away') });

    await apply('x');

    expect([released.length, writes.length]).toEqual([1, 1]);
  });
});
