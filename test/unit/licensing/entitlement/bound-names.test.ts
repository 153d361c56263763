import { describe, expect, it } from '@jest/globals';
import { makeCatalogue } from '../../../../shared/licensing/catalogue/catalogue';
import type { Catalogue } from '../../../../shared/licensing/catalogue/catalogue';
import { decide } from '../../../../shared/licensing/decide';
import { bindNames, isBound } from '../../../../shared/licensing/entitlement/bind-names';
import { resolvePolicy } from '../../../../shared/licensing/entitlement/resolved-policy';
import { stateDigest } from '../../../../shared/licensing/state-digest';
import type { ServicePlanId, SkuId } from '../../../../shared/kernel/ids';
import type { Policy, PolicyRule } from '../../../../shared/policy/policy';
import type { ServicePlan, SubscribedSku } from '../../../../shared/words/sku';
import { operationOf, verdictOf } from '../support/say';
import {
  aGrant,
  aPolicy,
  aRule,
  aSku,
  anInput,
  direct,
  disable,
  enable,
  ours,
  plan,
  sku,
  tenant,
} from '../support/tenant';
import type { PlanName, SkuName, Situation } from '../support/tenant';

const otherSku = '639dec6b-bb19-468b-871c-c5c441c4b0cb' as SkuId;
const otherPlan = '111dec6b-bb19-468b-871c-c5c441c4b0cb' as ServicePlanId;

const rule = (...assign: PolicyRule['assign']) => aRule('rule', { assign });
const emsWithout = (...names: string[]) =>
  aPolicy({ rules: [rule(aGrant('EMS', { plans: disable(...names) }))] });

/** As it was activated: its names stand for what they stood for in the tenant then. */
const activated = (policy: Policy): Policy => ({ ...policy, bindings: bindNames(policy, tenant) });

/** The tenant with one SKU changed, and perhaps more SKUs. */
function changed(
  name: SkuName,
  change: (sku: SubscribedSku) => Partial<SubscribedSku>,
  ...more: SubscribedSku[]
) {
  const skus = tenant.skus.map((one) => (one.skuId === sku(name) ? { ...one, ...change(one) } : one));
  return makeCatalogue([...skus, ...more]);
}

const withPlans = (change: (plan: ServicePlan) => readonly ServicePlan[]) => (one: SubscribedSku) => ({
  servicePlans: one.servicePlans.flatMap(change),
});
const renamed = (from: PlanName, to: string) =>
  withPlans((one) => [one.servicePlanId === plan(from) ? { ...one, servicePlanName: to } : one]);
const without = (name: PlanName) => withPlans((one) => (one.servicePlanId === plan(name) ? [] : [one]));
const aPlan = (servicePlanName: string): ServicePlan => ({
  servicePlanId: otherPlan,
  servicePlanName,
  appliesTo: 'User',
  provisioningStatus: 'Success',
});

/** Plans that are off in the operation's new license of EMS. */
function offOf(policy: Policy, catalogue: Catalogue, more: Situation = {}) {
  const { operation } = decide(anInput({ policy, catalogue, ...more }));
  return operation?.add.find(({ skuId }) => skuId === sku('EMS'))?.disabledPlans;
}

const held = {
  direct: [direct('EMS', 'INTUNE_A')],
  ledger: [ours('EMS', { disabledByUs: [plan('INTUNE_A')] })],
};

describe('the name of a plan that a rule switches off', () => {
  it('stands for what it was bound to, whatever Microsoft calls that now', () => {
    const catalogue = changed('EMS', renamed('INTUNE_A', 'INTUNE_PLAN1'));

    expect(offOf(activated(emsWithout('INTUNE_A')), catalogue)).toEqual([plan('INTUNE_A')]);
    expect(
      operationOf(decide(anInput({ policy: activated(emsWithout('INTUNE_A')), catalogue, ...held }))),
    ).toBe('');
  });

  it('never opens the plan for new users when it was never bound', () => {
    const catalogue = changed('EMS', renamed('INTUNE_A', 'INTUNE_PLAN1'));

    const decision = decide(anInput({ policy: emsWithout('INTUNE_A'), catalogue }));

    expect(operationOf(decision)).toBe('');
    expect(verdictOf(decision, 'EMS')).toBe('blocked policy/unknown-plan');
  });

  it('leaves the plans of those who have the license as they are when it was never bound', () => {
    const catalogue = changed('EMS', renamed('INTUNE_A', 'INTUNE_PLAN1'));
    const narrow = {
      direct: [direct('EMS', 'INTUNE_A', 'MFA_PREMIUM')],
      ledger: [ours('EMS', { disabledByUs: [plan('INTUNE_A'), plan('MFA_PREMIUM')] })],
    };

    for (const holds of [held, narrow, { direct: [direct('EMS')], ledger: [ours('EMS')] }]) {
      expect(operationOf(decide(anInput({ policy: emsWithout('INTUNE_A'), catalogue, ...holds })))).toBe('');
    }
  });

  it('goes on switching off what else the list names', () => {
    const decision = decide(
      anInput({
        policy: emsWithout('INTUNE_Z', 'MFA_PREMIUM'),
        direct: [direct('EMS')],
        ledger: [ours('EMS')],
      }),
    );

    expect(operationOf(decision)).toContain('MFA_PREMIUM');
  });

  it('does not go over to another plan that gets the name', () => {
    const catalogue = changed('EMS', (one) => ({
      servicePlans: [...renamed('INTUNE_A', 'INTUNE_PLAN1')(one).servicePlans, aPlan('INTUNE_A')],
    }));

    expect(offOf(activated(emsWithout('INTUNE_A')), catalogue)).toEqual([plan('INTUNE_A')]);
  });

  it('switches off a plan, too, that came later and has the name', () => {
    const known = tenant.skus.find(({ skuId }) => skuId === sku('EMS'))?.servicePlans ?? [];
    const knownPlans = new Map([[sku('EMS'), new Set(known.map(({ servicePlanId }) => servicePlanId))]]);
    const catalogue = changed('EMS', (one) => ({
      servicePlans: [...renamed('INTUNE_A', 'INTUNE_PLAN1')(one).servicePlans, aPlan('INTUNE_A')],
    }));

    expect(offOf(activated(emsWithout('INTUNE_A')), catalogue, { knownPlans })).toEqual(
      [otherPlan, plan('INTUNE_A')].sort(),
    );
  });

  it('is switched off under "without", too, when it came later and has the name', () => {
    const known = tenant.skus.find(({ skuId }) => skuId === sku('EMS'))?.servicePlans ?? [];
    const knownPlans = new Map([[sku('EMS'), new Set(known.map(({ servicePlanId }) => servicePlanId))]]);
    const policy = activated(
      aPolicy({ rules: [rule(aGrant('EMS')), aRule('no', { without: ['INTUNE_A'] })] }),
    );
    const another = changed('EMS', (one) => ({ servicePlans: [...one.servicePlans, aPlan('INTUNE_A')] }));
    const renamedTo = changed('EMS', (one) => ({
      servicePlans: one.servicePlans.map((each) =>
        each.servicePlanId === plan('MFA_PREMIUM') ? { ...each, servicePlanName: 'INTUNE_A' } : each,
      ),
    }));

    expect(offOf(policy, another, { knownPlans })).toEqual([otherPlan, plan('INTUNE_A')].sort());
    // One that was there before is not meant, whatever it is called now.
    expect(offOf(policy, renamedTo, { knownPlans })).toEqual([plan('INTUNE_A')]);
  });

  it('opens nothing when its plan is gone and another one has the name', () => {
    const catalogue = changed('EMS', (one) => ({
      servicePlans: [...without('INTUNE_A')(one).servicePlans, aPlan('INTUNE_A')],
    }));

    const decision = decide(anInput({ policy: activated(emsWithout('INTUNE_A')), catalogue }));

    expect(verdictOf(decision, 'EMS')).toBe('blocked policy/ambiguous-plan');
  });

  it('stops no license when its plan is gone: that one cannot come on', () => {
    const catalogue = changed('EMS', without('INTUNE_A'));

    expect(offOf(activated(emsWithout('INTUNE_A')), catalogue)).toEqual([]);
  });

  it('is not sure when two plans of the SKU have it, in whatever order', () => {
    const twice = changed('EMS', (one) => ({ servicePlans: [...one.servicePlans, aPlan('INTUNE_A')] }));
    const turned = makeCatalogue(
      twice.skus.map((one) => ({ ...one, servicePlans: [...one.servicePlans].reverse() })),
    );

    for (const catalogue of [twice, turned]) {
      const decision = decide(anInput({ policy: emsWithout('INTUNE_A'), catalogue }));
      expect(verdictOf(decision, 'EMS')).toBe('blocked policy/ambiguous-plan');
      expect(decision.skus[0]?.reason.text).toContain(`${otherPlan}, ${plan('INTUNE_A')}`);
    }
  });

  it('need not be known to a fallback', () => {
    const policy = aPolicy({
      rules: [rule(aGrant('SPE_E5', { plans: disable('MCOEV'), fallback: ['SPE_E3'] }))],
    });

    expect(operationOf(decide(anInput({ policy, seats: { SPE_E5: 0 } })))).toBe('+SPE_E3');
  });

  it('is no less sure of a fallback than of the SKU itself', () => {
    const policy = aPolicy({
      rules: [rule(aGrant('SPE_E5', { plans: disable('NO_SUCH'), fallback: ['SPE_E3'] }))],
    });

    expect(operationOf(decide(anInput({ policy, seats: { SPE_E5: 0 } })))).toBe('');
  });

  it('is the same under "without"', () => {
    const policy = aPolicy({ rules: [rule(aGrant('EMS')), aRule('no', { without: ['INTUNE_A'] })] });
    const catalogue = changed('EMS', renamed('INTUNE_A', 'INTUNE_PLAN1'));
    const elsewhere = makeCatalogue(catalogue.skus.filter(({ skuId }) => skuId === sku('EMS')));

    expect(offOf(activated(policy), catalogue)).toEqual([plan('INTUNE_A')]);
    expect(verdictOf(decide(anInput({ policy, catalogue: elsewhere })), 'EMS')).toBe(
      'blocked policy/unknown-plan',
    );
    expect(operationOf(decide(anInput({ policy, catalogue: elsewhere, ...held })))).toBe('');
  });

  it('does not matter where another rule leaves every plan on', () => {
    const policy = aPolicy({
      rules: [rule(aGrant('EMS', { plans: disable('NO_SUCH') })), aRule('all', { assign: [aGrant('EMS')] })],
    });

    expect(offOf(policy, tenant)).toEqual([]);
  });
});

describe('the name of a plan that a rule leaves on', () => {
  it('stands for what it was bound to', () => {
    const policy = activated(aPolicy({ rules: [rule(aGrant('EMS', { plans: enable('INTUNE_A') }))] }));
    const catalogue = changed('EMS', renamed('INTUNE_A', 'INTUNE_PLAN1'));

    expect(offOf(policy, catalogue)).not.toContain(plan('INTUNE_A'));
    expect(offOf(policy, catalogue)).toContain(plan('MFA_PREMIUM'));
  });
});

describe('the name of a SKU', () => {
  const twin = aSku('EMS', { skuId: otherSku });

  it('stands for what it was bound to, whatever Microsoft calls that now', () => {
    const catalogue = changed('EMS', () => ({ skuPartNumber: 'EMSPREMIUM_NEW' }));
    const policy = activated(emsWithout('INTUNE_A'));

    expect(offOf(policy, catalogue)).toEqual([plan('INTUNE_A')]);
    expect(verdictOf(decide(anInput({ policy, catalogue, ...held })), 'EMS')).toBe('nothing license/right');
  });

  it('does not go over to another SKU that gets it, in whatever order Graph lists them', () => {
    const twins = changed('EMS', () => ({}), twin);
    for (const catalogue of [twins, makeCatalogue([...twins.skus].reverse())]) {
      const decision = decide(anInput({ policy: activated(emsWithout('INTUNE_A')), catalogue }));
      expect(decision.operation?.add.map(({ skuId }) => skuId)).toEqual([sku('EMS')]);
    }
  });

  it('that two SKUs have decides nothing, in whatever order Graph lists them, and says both ids', () => {
    const twins = changed('EMS', () => ({}), twin);
    for (const catalogue of [twins, makeCatalogue([...twins.skus].reverse())]) {
      const decision = decide(anInput({ policy: emsWithout('INTUNE_A'), catalogue }));
      expect(decision.outcome).toBe('blocked');
      expect(decision.operation).toBeUndefined();
      expect(decision.reasons[0]).toMatchObject({ code: 'policy/ambiguous-sku' });
      expect(decision.reasons[0]?.text).toContain(`${otherSku}, ${sku('EMS')}`);
      const kept = decide(anInput({ policy: emsWithout('INTUNE_A'), catalogue, ...held }));
      expect(operationOf(kept)).toBe('');
    }
  });

  it('whose SKU is gone goes over to no other one, and takes nothing away', () => {
    const catalogue = makeCatalogue([...tenant.skus.filter(({ skuId }) => skuId !== sku('EMS')), twin]);
    const decision = decide(anInput({ policy: activated(emsWithout('INTUNE_A')), catalogue, ...held }));

    expect(operationOf(decision)).toBe('');
    expect(decision.reasons[0]?.code).toBe('policy/unknown-sku');
  });

  it('is the same in exclusive groups and under adopt', () => {
    const policy = activated(
      aPolicy({ exclusive: [['SPE_E5', 'SPE_E3']], adopt: ['SPE_E3'], rules: [rule(aGrant('SPE_E5'))] }),
    );
    const catalogue = changed('SPE_E3', () => ({ skuPartNumber: 'SPE_E3_NEW' }));
    const { exclusive, adopt } = resolvePolicy(policy, catalogue);

    expect(exclusive).toEqual([[sku('SPE_E5'), sku('SPE_E3')]]);
    expect([...adopt]).toEqual([sku('SPE_E3')]);
  });
});

describe('binding the names of a policy', () => {
  it('leaves out what nothing has, and what several have', () => {
    const policy = aPolicy({
      rules: [rule(aGrant('EMS', { plans: disable('INTUNE_A', 'NO_SUCH') }), aGrant('SPE_E9'))],
    });
    const twins = changed('EMS', () => ({}), aSku('EMS', { skuId: otherSku }));

    expect(bindNames(policy, tenant)).toEqual({
      skus: [{ name: 'ems', skuId: sku('EMS') }],
      plans: [{ skuId: sku('EMS'), name: 'intune_a', servicePlanId: plan('INTUNE_A') }],
    });
    expect(bindNames(policy, twins).skus).toEqual([]);
    expect(isBound(policy, bindNames(policy, tenant))).toBe(false);
    expect(isBound(emsWithout('INTUNE_A'), bindNames(emsWithout('INTUNE_A'), tenant))).toBe(true);
  });

  it('changes no digest while the tenant calls everything as before, and does after a rename', () => {
    const policy = emsWithout('INTUNE_A');
    const catalogue = changed('EMS', renamed('INTUNE_A', 'INTUNE_PLAN1'));
    const digest = (one: Policy, of: Catalogue) => stateDigest(anInput({ policy: one, catalogue: of }));

    expect(digest(activated(policy), tenant)).toBe(digest({ ...policy }, tenant));
    expect(digest(activated(policy), catalogue)).not.toBe(digest({ ...policy }, catalogue));
  });

  it('says what the tenant calls otherwise now', () => {
    const catalogue = changed('EMS', renamed('INTUNE_A', 'INTUNE_PLAN1'));

    expect(resolvePolicy(activated(emsWithout('INTUNE_A')), catalogue).renamed).toEqual([
      { name: 'intune_a', id: plan('INTUNE_A'), now: 'INTUNE_PLAN1' },
    ]);
  });
});
