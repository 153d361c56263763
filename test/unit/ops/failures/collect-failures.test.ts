import { describe, expect, it } from '@jest/globals';
import { collectFailures } from '../../../../shared/ops/failures/collect-failures';
import type { QueueInspector } from '../../../../shared/queue/queue-inspector';
import type { Failure } from '../../../../shared/words/failure';
import { userId } from '../../../support/user-states';

const failure = (number: number, lastAt: number): Failure => ({
  subject: userId(number),
  class: 'unknown',
  state: 'open',
  reason: { code: 'graph/unknown', text: 'No.' },
  suggestedRepair: 'Replay it.',
  firstAt: 1_000,
  lastAt,
  count: 1,
  facts: {},
});
const inspector = { deadLetters: async () => [], counts: async () => undefined } as unknown as QueueInspector;

describe('failures that are collected', () => {
  it('come with the latest first, in whatever order they are stored', async () => {
    const stored = [failure(1, 20_000), failure(2, 90_000), failure(3, 50_000), failure(4, 10_000)];
    const pipeline = {
      failures: {
        async *list() {
          yield* stored;
        },
      },
      users: { async *listByOutcome() {} },
      attention: {},
    } as unknown as Parameters<typeof collectFailures>[0];

    const views = await collectFailures(pipeline, inspector, 'open');

    expect(views.map(({ userId: id }) => id)).toEqual([2, 3, 1, 4].map(userId));
  });
});
