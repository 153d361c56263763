import { describe, expect, it } from '@jest/globals';
import { toGraphError } from '../../../../shared/graph/refusals/refused-answer';
import { toServicePlanId, toSkuId } from '../../../../shared/kernel/ids';
import type { SkuId } from '../../../../shared/kernel/ids';
import { forgetLearntConflict, listLearntConflicts } from '../../../../shared/ops/skus/learnt-conflicts';
import { skuScope } from '../../../../shared/pipeline/pauses/pause-scope';
import { ems, makePipelineWorld, intune, premium } from '../../../support/pipeline-world';

const visio = toSkuId('c5928f49-12ba-48f7-ada3-0d743a3601d5');
const policyText = `version: 1
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    assign:
      - { sku: EMS }
      - { sku: VISIOCLIENT }
`;
const words = (skuId: SkuId) => `License ${skuId} cannot be assigned to a user.`;

/** What Graph answers, read by the product's own reader of refusals. */
const refusedWith = (text: string) =>
  toGraphError(
    {
      status: 400,
      headers: { get: () => null },
      body: { error: { code: 'Request_BadRequest', message: text } },
    },
    { method: 'POST', path: '/users/x/assignLicense' },
    0,
  );

function makeWorld(text = words(visio)) {
  const t = makePipelineWorld();
  t.world.policyText = policyText;
  t.world.moreSkus = [
    {
      skuId: visio,
      skuPartNumber: 'VISIOCLIENT',
      appliesTo: 'User',
      capabilityStatus: 'Enabled',
      enabledUnits: 100,
      consumedUnits: 0,
      servicePlans: [
        {
          servicePlanId: toServicePlanId('663a804f-1c30-4ff0-9915-9db84f0d1cea'),
          servicePlanName: 'VISIO_CLIENT_SUBSCRIPTION',
          appliesTo: 'User',
          provisioningStatus: 'Success',
        },
      ],
    },
  ];
  let refused = 0;
  const graph = { isOpen: false, text };
  t.world.beforeWrite = async ({ add }) => {
    if (graph.isOpen || !add.some(({ skuId }) => skuId === visio)) return;
    refused++;
    throw refusedWith(graph.text);
  };
  return { t, graph, refusals: () => refused };
}
const held = ({ t }: ReturnType<typeof makeWorld>) => t.world.user.assignments.map(({ skuId }) => skuId);
async function finish({ t }: ReturnType<typeof makeWorld>) {
  for (let steps = 0; steps < 60 && (await t.step()); steps++);
}

describe('a SKU that Graph does not let administrators assign', () => {
  it('is refused once; the rest is written in the same breath', async () => {
    const w = makeWorld();

    await w.t.decide();
    await w.t.step();

    expect(held(w)).toEqual([ems]);
    expect(w.refusals()).toBe(1);
  });

  it('is remembered with Graph’s words, and named by its name', async () => {
    const w = makeWorld();
    await w.t.decide();
    await finish(w);

    expect(await listLearntConflicts(w.t.pipeline)).toMatchObject([
      { kind: 'unassignable', skus: ['VISIOCLIENT'], plans: [], text: words(visio) },
    ]);
    const said = w.t.state()?.skus.find(({ skuId }) => skuId === visio);
    expect(said).toMatchObject({ outcome: 'blocked', reason: { code: 'sku/unassignable' } });
    expect(said?.reason.text).toContain('does not let administrators assign VISIOCLIENT');
    expect(said?.reason.text).not.toContain(visio);
  });

  it('pauses nothing and is no failure', async () => {
    const w = makeWorld();
    await w.t.decide();
    await finish(w);

    expect(await w.t.pipeline.control.pauses()).toEqual([]);
    expect(w.t.failures).toEqual([]);
    expect(w.t.state()?.outcome).toBe('blocked');
  });

  it('is not asked for again, however often the user is looked at', async () => {
    const w = makeWorld();
    for (let look = 0; look < 5; look++) {
      await w.t.decide(w.t.hint({ source: 'operator' }));
      await finish(w);
      w.t.advance(60_000);
    }

    expect(w.refusals()).toBe(1);
  });

  it('takes nothing from a user who has it', async () => {
    const w = makeWorld();
    await w.t.decide();
    await finish(w);
    w.t.world.user.assignments = [
      ...w.t.world.user.assignments,
      { skuId: visio, disabledPlans: [], assignedByGroup: null, state: 'Active', error: null },
    ];
    await w.t.decide(w.t.hint({ source: 'operator' }));
    await finish(w);

    expect(held(w)).toEqual([ems, visio]);
  });

  it('is given when it was forgotten and Graph lets it', async () => {
    const w = makeWorld();
    await w.t.decide();
    await finish(w);
    w.graph.isOpen = true;
    Object.assign(w.t.pipeline.users, { list: async function* () {} });

    const { forgotten } = await forgetLearntConflict(
      w.t.pipeline,
      { plan: 'visioclient' },
      { by: 'ada', why: null },
    );
    w.t.advance(10_000);
    await w.t.decide(w.t.hint({ source: 'operator' }));
    await finish(w);

    expect(forgotten).toMatchObject([{ kind: 'unassignable', skus: ['VISIOCLIENT'] }]);
    expect(held(w)).toEqual([ems, visio]);
  });

  it('is forgotten alone: what was learnt of another SKU and of its own plans stays', async () => {
    const w = makeWorld();
    await w.t.decide();
    await finish(w);
    const evidence = { learntAt: 1_000, text: 'no', requestId: null };
    await w.t.pipeline.learntConflicts.learn([
      { kind: 'unassignable', skuId: ems, ...evidence },
      { kind: 'conflict', plans: [intune, premium], ...evidence },
    ]);
    Object.assign(w.t.pipeline.users, { list: async function* () {} });

    await forgetLearntConflict(w.t.pipeline, { plan: 'VISIOCLIENT' }, { by: 'ada', why: null });

    const left = await listLearntConflicts(w.t.pipeline);
    expect(left.map(({ kind, skus }) => [kind, skus.includes('VISIOCLIENT')]).sort()).toEqual([
      ['conflict', false],
      ['unassignable', false],
    ]);
  });

  it('is learnt anew when it was forgotten too early', async () => {
    const w = makeWorld();
    await w.t.decide();
    await finish(w);
    Object.assign(w.t.pipeline.users, { list: async function* () {} });
    await forgetLearntConflict(w.t.pipeline, { plan: 'VISIOCLIENT' }, { by: 'ada', why: null });
    w.t.advance(10_000);

    await w.t.decide(w.t.hint({ source: 'operator' }));
    await finish(w);

    expect(w.refusals()).toBe(2);
    expect(await listLearntConflicts(w.t.pipeline)).toHaveLength(1);
  });

  it('is not learnt of a SKU that has been assigned before: then it is this user', async () => {
    const w = makeWorld();
    w.t.pipeline.lastSuccess.note([skuScope(visio)]);
    await w.t.decide();
    for (let steps = 0; steps < 6 && (await w.t.step()); steps++);

    expect(await listLearntConflicts(w.t.pipeline)).toEqual([]);
  });

  it.each([
    `License assignment failed: ${visio} is not valid.`,
    'License cannot be assigned to a user without a usage location.',
    `License ${visio} does not correspond to a valid company License.`,
  ])('is not learnt from other words: %s', async (text) => {
    const w = makeWorld(text);
    await w.t.decide();
    for (let steps = 0; steps < 6 && (await w.t.step()); steps++);

    expect(await listLearntConflicts(w.t.pipeline)).toEqual([]);
  });

  it('gives way to its fallback', async () => {
    const w = makeWorld();
    w.t.world.policyText = policyText.replace(
      '- { sku: EMS }\n      - { sku: VISIOCLIENT }',
      '- { sku: VISIOCLIENT, fallback: [EMS] }',
    );
    await w.t.decide();
    await finish(w);

    expect(held(w)).toEqual([ems]);
  });
});
