import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import { bindNames } from '../../../../shared/licensing/entitlement/bind-names';
import { resolvePolicy } from '../../../../shared/licensing/entitlement/resolved-policy';
import type { Policy } from '../../../../shared/policy/policy';
import { operationOf, outcomeOf, verdictOf } from '../support/say';
import {
  aGrant,
  aPolicy,
  aRule,
  anInput,
  direct,
  inherited,
  ours,
  plan,
  sku,
  tenant,
  tenantWith,
} from '../support/tenant';

/** As it was activated, when the tenant had every SKU. */
const activated = (policy: Policy): Policy => ({ ...policy, bindings: bindNames(policy, tenant) });
/** E5 for some, E3 for everybody; of the two a user holds the better one. */
const both = activated(
  aPolicy({
    exclusive: [['SPE_E5', 'SPE_E3']],
    rules: [
      aRule('some', { assign: [aGrant('SPE_E5', { priority: 1 })] }),
      aRule('all', { assign: [aGrant('SPE_E3')] }),
    ],
    removal: { mode: 'remove', graceMs: 0 },
  }),
);
const withoutE5 = tenantWith({ SPE_E5: null });

describe('a better SKU that the tenant does not show any more', () => {
  it.each([
    ['ours', { direct: [direct('SPE_E5')], ledger: [ours('SPE_E5')] }],
    ['given by hand', { direct: [direct('SPE_E5')] }],
    ['inherited', { inherited: [inherited('SPE_E5')] }],
  ])('leaves who holds it (%s) without the lower one beside it', (_, holds) => {
    const decision = decide(anInput({ policy: both, catalogue: withoutE5, ...holds }));

    expect(operationOf(decision)).toBe('');
    expect(verdictOf(decision, 'SPE_E3')).toBe('nothing said');
  });

  it('is the same when the policy names it by its id', () => {
    const byId = aPolicy({
      exclusive: [[sku('SPE_E5'), 'SPE_E3']],
      rules: [
        aRule('some', { assign: [aGrant(sku('SPE_E5'))] }),
        aRule('all', { assign: [aGrant('SPE_E3')] }),
      ],
    });

    const decision = decide(
      anInput({ policy: byId, catalogue: withoutE5, direct: [direct('SPE_E5')], ledger: [ours('SPE_E5')] }),
    );

    expect(operationOf(decision)).toBe('');
  });

  it('leaves the lower one to those who do not hold it: their own rule grants it', () => {
    const decision = decide(anInput({ policy: both, catalogue: withoutE5 }));

    expect(operationOf(decision)).toBe('+SPE_E3');
    expect(decision.outcome).toBe('blocked');
    expect(decision.reasons.map(({ code }) => code)).toContain('policy/unknown-sku');
  });

  it('comes back in one call when the tenant shows it again', () => {
    const decision = decide(anInput({ policy: both, direct: [direct('SPE_E3')], ledger: [ours('SPE_E3')] }));

    expect(operationOf(decision)).toBe('+SPE_E5 -SPE_E3');
  });

  it('gives no fallback of its own: what its rule grants is not sure', () => {
    const policy = activated(
      aPolicy({ rules: [aRule('rule', { assign: [aGrant('SPE_E5', { fallback: ['SPE_E3'] })] })] }),
    );

    const decision = decide(anInput({ policy, catalogue: withoutE5 }));

    expect(operationOf(decision)).toBe('');
    expect(decision.outcome).toBe('blocked');
  });

  it('keeps its place among exclusive SKUs', () => {
    expect(resolvePolicy(both, withoutE5).exclusive).toEqual([[sku('SPE_E5'), sku('SPE_E3')]]);
  });

  it('has none when its name never stood for a SKU', () => {
    expect(resolvePolicy({ ...both, bindings: null }, withoutE5).exclusive).toEqual([[sku('SPE_E3')]]);
  });

  it('is not called taken away by a person from those who lost it with the subscription', () => {
    const decision = decide(anInput({ policy: both, catalogue: withoutE5, ledger: [ours('SPE_E5')] }));

    expect(decision.findings.map(({ code }) => code)).not.toContain('drift/taken-away');
  });

  it('is said to be missing to those who do not hold it', () => {
    const decision = decide(anInput({ policy: both, catalogue: withoutE5 }));

    expect(decision.skus.find(({ skuId }) => skuId === sku('SPE_E5'))).toMatchObject({
      outcome: 'blocked',
      reason: { code: 'sku/unknown', text: expect.stringContaining('cannot be assigned') },
    });
  });

  it('leaves the ledger knowing which of its plans we switched off', () => {
    const decision = decide(
      anInput({
        policy: both,
        catalogue: withoutE5,
        direct: [direct('SPE_E5', 'MCOEV', 'TEAMS1')],
        ledger: [ours('SPE_E5', { disabledByUs: [plan('MCOEV')] })],
      }),
    );

    expect(decision.ledger).toMatchObject([{ skuId: sku('SPE_E5'), disabledByUs: [plan('MCOEV')] }]);
    expect(outcomeOf(decision, 'SPE_E5')).toMatchObject({ outcome: 'nothing' });
  });
});

describe('a plan that the SKU does not show any more', () => {
  it('stays ours to open while it is off', () => {
    const policy = activated(aPolicy({ rules: [aRule('rule', { assign: [aGrant('EMS')] })] }));
    const [ems] = tenant.skus.filter(({ skuId }) => skuId === sku('EMS'));
    const servicePlans = (ems?.servicePlans ?? []).filter(
      ({ servicePlanId }) => servicePlanId !== plan('INTUNE_A'),
    );

    const { ledger } = decide(
      anInput({
        policy,
        catalogue: tenantWith({ EMS: { servicePlans } }),
        direct: [direct('EMS', 'INTUNE_A')],
        ledger: [ours('EMS', { disabledByUs: [plan('INTUNE_A')] })],
      }),
    );

    expect(ledger[0]?.disabledByUs).toEqual([plan('INTUNE_A')]);
  });
});
