import { describe, expect, it } from '@jest/globals';
import { timing } from '../../../../shared/kernel/timing';
import { rememberSeldom } from '../../../../shared/ops/overview/remember-seldom';
import type { PolicyHash } from '../../../../shared/kernel/ids';
import { makeMemoryRollouts } from '../../../support/memory/memory-stores';
import { makePipelineWorld } from '../../../support/pipeline-world';
import { makeOpsWorld } from '../../../support/ops-world';

const kept = timing.ops.overviewSeldom.ms;
const rollout = {
  id: 'census-1',
  kind: 'census',
  state: 'awaiting',
  policyHash: 'a'.repeat(64) as PolicyHash,
  planStateHash: null,
  by: 'someone',
  byId: 'someone',
  why: 'a test',
  approvedBy: null,
  startedAt: null,
  endedAt: null,
  approvalReasons: [],
  members: 0,
} as const;

/** An overview that was looked at once, in a world without rollouts; `rollouts`: those that the next look shows. */
async function looked() {
  const world = await makeOpsWorld({}, { rollouts: makeMemoryRollouts() });
  const rollouts = async () => {
    const { body } = await world.call('viewer', 'GET', '/overview');
    return (body['rollouts'] as readonly { id: string }[]).map(({ id }) => id);
  };
  expect(await rollouts()).toEqual([]);
  const createElsewhere = () => world.ops.services.rollouts.create({ ...rollout, createdAt: world.now() });
  return { ...world, rollouts, createElsewhere };
}

describe('what the overview knows for some seconds', () => {
  it('is asked for again when it is too old: what another process changed is told within 20 s', async () => {
    const { createElsewhere, rollouts, advance } = await looked();
    await createElsewhere();

    advance(kept - 1);
    expect(await rollouts()).toEqual([]);
    advance(1);
    expect(await rollouts()).toEqual(['census-1']);
    expect(kept + timing.ops.overview.ms).toBeLessThanOrEqual(20_000);
  });

  it('is asked for again after a change in the same process', async () => {
    const { call, createElsewhere, rollouts } = await looked();
    await createElsewhere();

    expect((await call('operator', 'POST', '/pauses', { scope: 'apply', why: 'a test' })).status).toBe(200);
    expect(await rollouts()).toEqual(['census-1']);
  });

  it('is asked for again by who has seen the end of an operation, which another process did', async () => {
    const { call, createElsewhere, rollouts, work, sent } = await looked();
    await call('operator', 'POST', '/users/apply', { group: 'SG-Sales', why: 'a test' });
    const [id = 'none'] = sent;
    // That write is seen at once, and known from here on.
    await rollouts();
    await createElsewhere();
    await call('operator', 'GET', `/operations/${id}`);
    expect(await rollouts()).toEqual([]);

    await work();
    await call('operator', 'GET', `/operations/${id}`);
    expect(await rollouts()).toEqual(['census-1']);
  });

  it('asks for the policy in force within that time, and anew once something was changed', async () => {
    const world = makePipelineWorld();
    const told: unknown[] = [];
    const policy = {
      ...world.pipeline.policy,
      current: async (asked?: { readonly maxAgeMs?: number }) => {
        told.push(asked);
        return world.pipeline.policy.current();
      },
      refresh: () => void told.push('refresh'),
    };
    const { services, forget } = rememberSeldom({ ...world.pipeline, policy });

    await services.policy.current();
    forget();

    expect(told).toEqual([{ maxAgeMs: kept }, 'refresh']);
  });
});
