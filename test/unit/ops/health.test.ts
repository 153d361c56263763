import { expect, it } from '@jest/globals';
import { checkHealth } from '../../../shared/ops/doctor/check-health';
import { makePipelineWorld } from '../../support/pipeline-world';

// The function is anonymous: the availability test and everyone else may call it.
it('health says that the policy can be used, and not which policy that is', async () => {
  const world = makePipelineWorld();
  const { hash, mode, rules } = await world.pipeline.policy.current();

  const health = await checkHealth(async () => world.pipeline);

  expect(health.checks).toContainEqual({ name: 'policy', ok: true, text: 'usable' });
  const told = JSON.stringify(health);
  expect(told).not.toContain(hash.slice(0, 6));
  expect(told).not.toContain(mode);
  for (const { name } of rules) expect(told).not.toContain(name);
});

it('health still fails, and says where, when there is no usable policy', async () => {
  const world = makePipelineWorld();
  world.world.policyText = 'version: 1\nrules:\n  - name: a\n    asign: []\n';

  const health = await checkHealth(async () => world.pipeline);

  expect(health.ok).toBe(false);
  expect(health.checks).toContainEqual(expect.objectContaining({ name: 'policy', ok: false }));
});
