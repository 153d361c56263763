import { describe, expect, it } from '@jest/globals';
import { decided } from '../../support/decided';
import { ems, intune, makePipelineWorld, premium, refusal } from '../../support/pipeline-world';
import { activatePolicy } from '../../support/world/world-policies';

const withoutPremium = `version: 1
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    assign:
      - { sku: EMS, disable: [AAD_PREMIUM] }
`;
const withGrace = 'removal: { mode: remove, grace: 2d }\n';
const byTheOld = { add: [{ skuId: ems, disabledPlans: [intune] }], remove: [] };
const byTheNew = { add: [{ skuId: ems, disabledPlans: [premium] }], remove: [] };

describe('a policy that changes between deciding and writing', () => {
  it('is the one that is written by', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    await activatePolicy(t, withoutPremium);

    await t.apply(operation);

    expect(t.writes).toEqual([byTheNew]);
    expect(t.ledger()).toMatchObject([{ skuId: ems, disabledByUs: [premium] }]);
    expect(t.state()?.policyHash).not.toBe(operation.operation.policyHash);
  });

  it('is the one that is written by, also when it changes after the read, while more quota is waited for', async () => {
    const t = makePipelineWorld();
    t.world.policyText = `usageLocation: { default: NL }\n${t.world.policyText}`;
    t.world.user.properties['usageLocation'] = null;
    const { v, operation, trace } = await decided(t);
    const { usageLocation: _, ...promised } = operation;
    let asked = 0;
    t.world.onQuota = async () => {
      // The message promised one write, so the second one is asked for when the user has been read.
      if (++asked === 2) await activatePolicy(t, `usageLocation: { default: NL }\n${withoutPremium}`);
    };

    await t.apply({ v, operation: promised, trace });

    expect(asked).toBeGreaterThanOrEqual(2);
    expect(t.writes).toEqual([byTheNew]);
  });

  it('writes nothing when it only observes', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    await activatePolicy(t, `mode: observe\n${withoutPremium}`);

    await t.apply(operation);

    expect(t.writes).toEqual([]);
    expect(t.state()?.outcome).toBe('held');
  });

  it('finishes by the old one what a crash interrupted, and goes on by the new one', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.afterWrite = async () => {
      t.world.afterWrite = async () => undefined;
      throw new Error('the process is killed here');
    };
    await expect(t.apply(operation)).rejects.toThrow('killed');
    expect(t.writes).toEqual([byTheOld]);
    await activatePolicy(t, `${withGrace}${withoutPremium.replaceAll('Sales', 'Legal')}`);
    t.advance(60_000);

    await t.apply(operation);

    // What was written is ours, and stays until two looks have found that the user is not entitled to it.
    expect(t.writes).toEqual([byTheOld]);
    expect(t.ledger()).toMatchObject([{ skuId: ems }]);
    expect(t.state()).toMatchObject({ outcome: 'grace', intent: null });
  });
});

describe('a user who changes while being worked on', () => {
  it('gets nothing when they left the rule between deciding and writing', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.user.properties['department'] = 'Legal';

    await t.apply(operation);

    expect(t.writes).toEqual([]);
    expect(t.state()).toMatchObject({ outcome: 'nothing', intent: null });
  });

  it('is looked at again when they leave it during the write', async () => {
    const t = makePipelineWorld();
    t.world.policyText = `${withGrace}${t.world.policyText}`;
    const operation = await decided(t);
    t.world.beforeWrite = async () => {
      t.world.user.properties['department'] = 'Legal';
      await t.decide(t.hint({ source: 'notification' }));
    };

    await t.apply(operation);
    expect(t.state()?.outcome).toBe('licensed');
    for (let looks = 0; looks < 3 && t.state()?.outcome === 'licensed'; looks++) await t.step();

    expect(t.writes).toEqual([byTheOld]);
    expect(t.state()?.outcome).toBe('grace');
  });

  it('is gone: the write is refused, and nothing but time says so', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.beforeWrite = async () => {
      t.world.user.isThere = false;
      throw refusal('gone', 404);
    };

    await t.apply(operation);
    while (await t.step());

    expect(t.state()).toMatchObject({
      outcome: 'outOfScope',
      reasons: [{ code: 'user/gone' }],
      intent: null,
    });
    expect(t.failures).toEqual([]);
  });

  it('waits in line when the last seat went to another user meanwhile', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.beforeWrite = async () => {
      t.world.seats = { enabled: 100, consumed: 100 };
      throw refusal('seats');
    };

    await t.apply(operation);

    expect(t.state()).toMatchObject({ outcome: 'waiting', intent: null });
    expect(t.ledger()).toEqual([]);
    expect(t.failures).toEqual([]);
  });
});
