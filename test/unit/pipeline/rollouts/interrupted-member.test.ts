import { expect, it } from '@jest/globals';
import { decided } from '../../../support/decided';
import { ems, makePipelineWorld, premium, userId } from '../../../support/pipeline-world';
import { startRollout, storePolicy } from '../../../support/world/world-policies';

const next = `version: 1
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    assign:
      - { sku: EMS, disable: [AAD_PREMIUM] }
`;

it('a member whose write a crash interrupted is a changed one, by the very look that finds it', async () => {
  const t = makePipelineWorld();
  await t.apply(await decided(t));
  const { policies, rollouts } = t.pipeline;
  const candidate = await storePolicy(t, next);
  const from = await policies.pointer();
  await policies.movePointer(from, { ...from, candidate, candidateOf: 'r' });
  t.advance(60_000);
  await startRollout(t, { kind: 'activation', policyHash: candidate, isMember: true });
  t.sent.splice(0);
  const fed = t.hint({ source: 'rollout', rollout: 'r', seenAt: new Date(t.now()).toISOString() });
  const operation = await decided(t, fed);
  let commits = 0;
  t.world.beforeCommit = async () => {
    // The intent was stored; the process dies before Graph's answer is.
    if (++commits > 1) throw new Error('killed');
  };
  await expect(t.apply(operation)).rejects.toThrow('killed');
  t.world.beforeCommit = async () => undefined;
  t.advance(60_000);

  await t.decide(fed);

  expect(t.writes.at(-1)).toEqual({ add: [{ skuId: ems, disabledPlans: [premium] }], remove: [] });
  expect(await rollouts.readMember('r', userId)).toMatchObject({ state: 'changed' });
});
