import { describe, expect, it } from '@jest/globals';
import type { PolicyHash } from '../../../../shared/kernel/ids';
import { findOpened, openRollout } from '../../../../shared/ops/rollouts/open-rollout';
import { runLongOperation } from '../../../../shared/ops-api/requests/run-long-operation';
import { routes } from '../../../../shared/ops-api/routes/all-routes';
import { makeOpsWorld } from '../../../support/ops-world';
import { makePipelineWorld } from '../../../support/pipeline-world';

const ann = { by: 'ann', byId: 'id-of-ann', why: null };
const asked = (by: typeof ann) => ({
  kind: 'replay' as const,
  policyHash: 'a'.repeat(64) as PolicyHash,
  planStateHash: null,
  approvalReasons: [],
  by: by.by,
  byId: by.byId,
  why: 'a test',
});

describe('the id of a rollout', () => {
  it('is the same at every attempt of an operation, and differs where names begin alike', async () => {
    const world = await makeOpsWorld();
    await world.call('operator', 'POST', '/users/apply', { group: 'SG-Sales', why: 'a test' });
    const [queued = ''] = world.sent.splice(0);
    const stored = await world.operations.read(queued);
    if (stored === undefined) throw new Error('There is no operation');
    const names: Record<string, string> = {};
    for (const id of ['op-2gosa7m0k1b-3f9a02aa', 'op-2gosa7m0k1b-3f9a02bb']) {
      await world.operations.create(id, stored.value);
      const noting = routes.map((one) => ({
        ...one,
        handle: async ({ services }: Parameters<typeof one.handle>[0]) => {
          const opened = await openRollout(services, asked(ann), []);
          expect(await findOpened(services, 'replay', ann)).toMatchObject({ id: opened?.id });
          names[id] = opened?.id ?? '';
          return {};
        },
      }));
      await runLongOperation(world.ops, noting, id);
    }

    expect(Object.values(names)).toEqual([
      expect.stringMatching(/^replay-[0-9a-f]{12}$/),
      expect.stringMatching(/^replay-[0-9a-f]{12}$/),
    ]);
    expect(new Set(Object.values(names)).size).toBe(2);
  });

  it('of another person is never taken for one’s own', async () => {
    const pipeline = { ...makePipelineWorld().pipeline, newId: () => 'b'.repeat(32) };
    const opened = await openRollout(pipeline, asked(ann), []);
    const bob = { by: 'bob', byId: 'id-of-bob', why: null };

    expect(await findOpened(pipeline, 'replay', ann)).toMatchObject({ id: opened?.id });
    expect(await findOpened(pipeline, 'replay', bob)).toBeUndefined();
    await expect(openRollout(pipeline, asked(bob), [])).rejects.toMatchObject({ name: 'ConcurrencyError' });
  });
});
