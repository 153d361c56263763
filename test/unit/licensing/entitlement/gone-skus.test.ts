import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import { bindNames } from '../../../../shared/licensing/entitlement/bind-names';
import { resolvePolicy } from '../../../../shared/licensing/entitlement/resolved-policy';
import type { Policy } from '../../../../shared/policy/policy';
import type { Exception } from '../../../../shared/words/exception';
import { operationOf, outcomeOf, verdictOf } from '../support/say';
import {
  aGrant,
  aPolicy,
  aRule,
  anInput,
  day,
  department,
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

describe('our license of a SKU that the tenant does not show any more', () => {
  /** E5 for the sales department, E3 for everybody. */
  const sales = (graceMs: number) =>
    activated(
      aPolicy({
        exclusive: [['SPE_E5', 'SPE_E3']],
        rules: [
          aRule('sales', { when: department('Sales'), assign: [aGrant('SPE_E5')] }),
          aRule('all', { assign: [aGrant('SPE_E3')] }),
        ],
        removal: { mode: 'remove', graceMs },
      }),
    );
  const left = { direct: [direct('SPE_E5')], properties: { accountEnabled: true, department: 'Support' } };
  const longAgo = { notEntitledSince: 0 };

  it.each([
    ['during the grace of the better one', {}],
    ['after it', longAgo],
  ])('is left alone when a lower SKU is granted: that one comes at once (%s)', (_, ledger) => {
    const decision = decide(
      anInput({ policy: sales(day), catalogue: withoutE5, ...left, ledger: [ours('SPE_E5', ledger)] }),
    );

    expect(operationOf(decision)).toBe('+SPE_E3');
    expect(decision.ledger.map(({ skuId }) => skuId)).toContain(sku('SPE_E5'));
  });

  it('covers the lower one while it is in doubt whether the better one is granted', () => {
    const decision = decide(
      anInput({
        policy: sales(day),
        catalogue: withoutE5,
        ...left,
        properties: { accountEnabled: true },
        ledger: [ours('SPE_E5', longAgo)],
      }),
    );

    expect(operationOf(decision)).toBe('');
  });

  it('is left alone when the better one comes', () => {
    const decision = decide(
      anInput({
        policy: both,
        catalogue: tenantWith({ SPE_E3: null }),
        direct: [direct('SPE_E3')],
        ledger: [ours('SPE_E3')],
      }),
    );

    expect(operationOf(decision)).toBe('+SPE_E5');
  });
});

describe('our license of a lower SKU that the tenant does not show any more', () => {
  it('is left alone when an extra license stands above it', () => {
    const extra = { until: null, why: 'a project', by: 'ops', at: 0 };
    const exception: Exception = {
      skus: [{ skuId: sku('SPE_E5'), disabledPlans: [], extra }],
      until: null,
      why: 'none',
      by: 'ops',
      at: 0,
    };

    const policy = { ...both, rules: [] };
    const decision = decide(
      anInput({
        policy,
        catalogue: tenantWith({ SPE_E3: null }),
        exception,
        direct: [direct('SPE_E3')],
        ledger: [ours('SPE_E3')],
      }),
    );

    expect(operationOf(decision)).toBe('+SPE_E5');
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
