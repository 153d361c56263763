import { describe, expect, it } from '@jest/globals';
import { GraphError } from '../../../../shared/graph/refusals/graph-error';
import { toServicePlanId, toSkuId } from '../../../../shared/kernel/ids';
import type { SkuId } from '../../../../shared/kernel/ids';
import type { SubscribedSku } from '../../../../shared/words/sku';
import { ems, intune, makePipelineWorld } from '../../../support/pipeline-world';

type World = ReturnType<typeof makePipelineWorld>;

const powerBi = toSkuId('f8a1db68-be16-40ed-86d5-cb42ce701560');
const visio = toSkuId('c5928f49-12ba-48f7-ada3-0d743a3601d5');
const aSku = (skuId: SkuId, skuPartNumber: string, plan: string): SubscribedSku => ({
  skuId,
  skuPartNumber,
  appliesTo: 'User',
  capabilityStatus: 'Enabled',
  enabledUnits: 100,
  consumedUnits: 0,
  servicePlans: [
    {
      servicePlanId: toServicePlanId(plan),
      servicePlanName: `${skuPartNumber}_PLAN`,
      appliesTo: 'User',
      provisioningStatus: 'Success',
    },
  ],
});

const bothByRule = `version: 1
removal: { mode: remove, grace: 0d }
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    assign:
      - { sku: EMS }
      - { sku: POWER_BI_PRO }
`;

function makeWorld(policyText = bothByRule): World {
  const t = makePipelineWorld();
  t.world.policyText = policyText;
  t.world.moreSkus = [
    aSku(powerBi, 'POWER_BI_PRO', '70d33638-9c74-4d01-bfd3-562de28bd4ba'),
    aSku(visio, 'VISIOCLIENT', '663a804f-1c30-4ff0-9915-9db84f0d1cea'),
  ];
  return t;
}

async function pause(t: World, scope: string): Promise<void> {
  const by = { origin: 'operator', reason: 'A change window', by: 'ada', probedAt: null } as const;
  await t.pipeline.control.pause({ scope, at: t.now(), ...by });
  t.pipeline.pauses.forget();
}

async function resume(t: World, scope: string): Promise<void> {
  await t.pipeline.control.resume(scope, 'operator');
  t.pipeline.pauses.forget();
}

/** Graph never assigns these to users. */
function refuse(t: World, ...skuIds: SkuId[]): () => number {
  let refused = 0;
  t.world.beforeWrite = async ({ add }) => {
    const found = add.find(({ skuId }) => skuIds.includes(skuId));
    if (found === undefined) return;
    refused++;
    throw new GraphError('configuration', `License ${found.skuId} cannot be assigned`, {
      status: 400,
      ids: [found.skuId],
    });
  };
  return () => refused;
}

const held = (t: World) => t.world.user.assignments.map(({ skuId }) => skuId).sort();

async function settle(t: World, forMs: number): Promise<void> {
  const until = t.now() + forMs;
  while (t.now() < until && (await t.step()));
}

describe('a SKU that an operator has paused', () => {
  it('keeps no other license from a joiner, and follows when the pause ends', async () => {
    const t = makeWorld();
    await pause(t, `sku:${ems}`);

    await t.decide();
    await t.step();

    expect(held(t)).toEqual([powerBi]);
    expect(t.ledger().map(({ skuId }) => skuId)).toEqual([powerBi]);
    expect(t.state()?.retry?.key).toBe('paused');
    await resume(t, `sku:${ems}`);
    while (await t.step());
    expect(held(t)).toEqual([ems, powerBi].sort());
    expect(t.state()).toMatchObject({ outcome: 'licensed', intent: null });
    expect(t.failures).toEqual([]);
  });

  it('is named to people by its name, with who paused it and why', async () => {
    const t = makeWorld();
    await pause(t, `sku:${ems}`);
    await t.decide();
    await t.step();

    const said = t.state()?.skus.find(({ skuId }) => skuId === ems);
    expect(said).toMatchObject({ outcome: 'blocked', reason: { code: `paused/sku:${ems}` } });
    expect(said?.reason.text).toBe('Paused (EMS): A change window (ada paused it)');
  });

  it('is left out when it was paused after the decision', async () => {
    const t = makeWorld();
    await t.decide();
    await pause(t, `sku:${ems}`);

    await t.step();

    expect(held(t)).toEqual([powerBi]);
    await resume(t, `sku:${ems}`);
    while (await t.step());
    expect(held(t)).toEqual([ems, powerBi].sort());
  });

  it('is left out when it was paused while the quota was waited for', async () => {
    const t = makeWorld();
    await t.decide();
    t.world.beforeRead = async () => {
      t.world.beforeRead = async () => undefined;
      await pause(t, `sku:${ems}`);
      t.advance(5_000);
    };

    await t.step();

    expect(held(t)).toEqual([powerBi]);
  });

  it('is not taken away, and others are', async () => {
    const t = makeWorld();
    await t.decide();
    await t.step();
    t.advance(3_600_000);
    t.world.user.properties['department'] = 'Legal';
    await pause(t, `sku:${powerBi}`);
    await t.hear({ source: 'operator' });
    await settle(t, 30 * 60_000);

    expect(held(t)).toEqual([powerBi]);
    await resume(t, `sku:${powerBi}`);
    await settle(t, 30 * 60_000);
    expect(held(t)).toEqual([]);
  });

  it('keeps its plans, and others change theirs', async () => {
    const t = makeWorld(bothByRule.replace('{ sku: EMS }', '{ sku: EMS, disable: [INTUNE_A] }'));
    t.world.user.assignments = [
      { skuId: ems, disabledPlans: [], assignedByGroup: null, state: 'Active', error: null },
    ];
    t.world.policyText = `adopt: [EMS]\n${t.world.policyText ?? ''}`;
    await pause(t, `sku:${ems}`);
    await t.decide();
    await t.step();

    expect(held(t)).toEqual([ems, powerBi].sort());
    expect(t.world.user.assignments.find(({ skuId }) => skuId === ems)?.disabledPlans).toEqual([]);
    await resume(t, `sku:${ems}`);
    while (await t.step());
    expect(t.world.user.assignments.find(({ skuId }) => skuId === ems)?.disabledPlans).toEqual([intune]);
  });

  it('is not half of a swap: what it would replace stays', async () => {
    const t = makeWorld(`version: 1
exclusive: [[POWER_BI_PRO, EMS]]
adopt: [EMS]
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    assign: [{ sku: POWER_BI_PRO }, { sku: VISIOCLIENT }]
`);
    t.hold([]);
    await pause(t, `sku:${powerBi}`);
    await t.decide();
    await t.step();

    expect(held(t)).toEqual([ems, visio].sort());
    await resume(t, `sku:${powerBi}`);
    while (await t.step());
    expect(held(t)).toEqual([powerBi, visio].sort());
  });

  it('parks a user to whom nothing else is to be written', async () => {
    const t = makeWorld();
    await pause(t, `sku:${ems}`);
    await pause(t, `sku:${powerBi}`);
    await t.decide();

    expect(t.state()?.retry?.key).toBe('paused');
    expect(t.writes).toEqual([]);
    await resume(t, `sku:${ems}`);
    await resume(t, `sku:${powerBi}`);
    while (await t.step());
    expect(held(t)).toEqual([ems, powerBi].sort());
  });

  it.each(['apply', 'intake'])('parks the whole user when %s is paused too', async (scope) => {
    const t = makeWorld();
    await pause(t, `sku:${ems}`);
    await pause(t, scope);
    await t.decide();
    for (let steps = 0; steps < 3; steps++) await t.step();

    expect(t.writes).toEqual([]);
  });
});

describe('a SKU that Graph does not assign', () => {
  it('keeps no other license from the user: the rest is written at once', async () => {
    const t = makeWorld();
    const refused = refuse(t, ems);

    await t.decide();
    await t.step();

    expect(held(t)).toEqual([powerBi]);
    expect(refused()).toBe(1);
    expect(t.failures).toEqual([]);
    expect((await t.pipeline.control.pauses()).map(({ scope }) => scope)).toEqual([`sku:${ems}`]);
  });

  it('is tried once a minute at most, and follows when Graph assigns it', async () => {
    const t = makeWorld();
    const refused = refuse(t, ems);
    await t.decide();
    await t.step();

    await settle(t, 15 * 60_000);
    expect(held(t)).toEqual([powerBi]);
    expect(refused()).toBeLessThan(17);
    expect(t.failures).toEqual([]);
    t.world.beforeWrite = async () => undefined;
    while (await t.step());
    expect(held(t)).toEqual([ems, powerBi].sort());
    expect(t.state()).toMatchObject({ outcome: 'licensed', intent: null });
    expect(await t.pipeline.control.pauses()).toEqual([]);
  });

  it('does not stop a third one when two of them are refused', async () => {
    const t = makeWorld(bothByRule.replace('- { sku: EMS }', '- { sku: EMS }\n      - { sku: VISIOCLIENT }'));
    refuse(t, ems, visio);

    await t.decide();
    await t.step();

    expect(held(t)).toEqual([powerBi]);
    expect(t.failures).toEqual([]);
  });
});
