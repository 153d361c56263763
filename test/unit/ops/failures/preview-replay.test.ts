import { describe, expect, it } from '@jest/globals';
import { timing } from '../../../../shared/kernel/timing';
import { previewReplay } from '../../../../shared/ops/failures/preview-replay';
import type { QueueInspector } from '../../../../shared/queue/queue-inspector';
import { makePipelineWorld } from '../../../support/pipeline-world';
import { userId } from '../../../support/user-states';

const inspector = { deadLetters: async () => [] } as unknown as QueueInspector;

/** So many users with a failure of one class; reading a user in Graph takes `lookMs` on the world's clock. */
function worldWith(users: number, lookMs: number) {
  const t = makePipelineWorld();
  const { directory } = t.pipeline;
  Object.assign(t.pipeline, {
    directory: {
      ...directory,
      readUser: async (...given: Parameters<typeof directory.readUser>) => {
        t.advance(lookMs);
        return directory.readUser(...given);
      },
    },
    failures: {
      async *list() {
        for (let number = 0; number < users; number++)
          yield {
            subject: userId(number),
            class: 'permission',
            state: 'open',
            reason: { code: 'graph/permission', text: 'No.' },
            suggestedRepair: 'Grant it.',
            firstAt: 1_000,
            lastAt: 1_000,
            count: 1,
            facts: {},
          };
      },
    },
  });
  return t.pipeline;
}
const preview = (pipeline: ReturnType<typeof worldWith>) =>
  previewReplay(pipeline, inspector, { kind: 'class', class: 'permission' });

describe('the preview of a replay', () => {
  it('decides all of a few users', async () => {
    expect(await preview(worldWith(3, 1))).toEqual({
      users: 3,
      looked: 3,
      outcomes: { licensed: 3 },
      written: 3,
      withoutUser: 0,
    });
  });

  it('decides 200 users at most', async () => {
    expect(await preview(worldWith(1_000, 0))).toMatchObject({ users: 1_000, looked: 200 });
  });

  it('ends when its time is over, and says how many users it decided', async () => {
    const { users, looked, outcomes } = await preview(worldWith(1_000, timing.ops.portion.ms / 40));

    expect(users).toBe(1_000);
    // Some are under way when the time is over.
    expect(looked).toBeGreaterThanOrEqual(20);
    expect(looked).toBeLessThanOrEqual(40);
    expect(outcomes).toEqual({ licensed: looked });
  });
});
