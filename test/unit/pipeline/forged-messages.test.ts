import { describe, expect, it } from '@jest/globals';
import { toMember } from '../../../shared/ops/rollouts/plan-members';
import { readOperation } from '../../../shared/queue/messages';
import { ems, intune, makePipelineWorld, premium, userId } from '../../support/pipeline-world';
import { startRollout, storePolicy } from '../../support/world/world-policies';

type World = ReturnType<typeof makePipelineWorld>;

const next = `version: 1
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    assign:
      - { sku: EMS, disable: [AAD_PREMIUM] }
`;

/** A rollout of another policy runs; the user is no member of it. */
async function startForeignRollout(t: World): Promise<void> {
  const { policies } = t.pipeline;
  await t.pipeline.policy.active();
  const candidate = await storePolicy(t, next);
  const from = await policies.pointer();
  await policies.movePointer(from, { ...from, candidate, candidateOf: 'r' });
  await startRollout(t, { kind: 'activation', policyHash: candidate, isMember: false });
  t.advance(6_000);
}

const operation = (changes: object) => ({
  v: 1 as const,
  operation: {
    user: { id: userId },
    kind: 'assign' as const,
    add: [],
    remove: [],
    why: [],
    policyHash: 'x',
    ...changes,
  },
  trace: {},
});
const byActive = { add: [{ skuId: ems, disabledPlans: [intune] }], remove: [] };
const byNext = { add: [{ skuId: ems, disabledPlans: [premium] }], remove: [] };

describe('a forged message', () => {
  it('that asks for a removal gives what the policy gives', async () => {
    const t = makePipelineWorld();

    await t.apply(operation({ kind: 'remove', remove: [ems] }));

    expect(t.writes).toEqual([byActive]);
  });

  it.each(['hint', 'operation'] as const)(
    '(%s) that names a rollout moves no user who is not a member of it',
    async (kind) => {
      const t = makePipelineWorld();
      await startForeignRollout(t);

      if (kind === 'hint') await t.decide(t.hint({ source: 'rollout', rollout: 'r' }));
      else await t.apply(operation({ rollout: 'r' }));
      for (let steps = 0; steps < 5 && (await t.step()); steps++);

      expect(t.writes).toEqual([byActive]);
    },
  );

  it('is told from the rollout’s own by the list of members', async () => {
    const t = makePipelineWorld();
    await startForeignRollout(t);
    await t.pipeline.rollouts.addMembers('r', [toMember(userId, null)]);

    await t.decide(t.hint({ source: 'rollout', rollout: 'r' }));
    await t.step();

    expect(t.writes).toEqual([byNext]);
  });

  it('whose source is unknown is read as one without', () => {
    const read = readOperation(operation({ source: 'the future' }));

    expect(read).toMatchObject({ kind: 'message' });
  });
});
