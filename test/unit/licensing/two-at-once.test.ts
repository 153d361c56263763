import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../shared/licensing/decide';
import { findEntitlement } from '../../../shared/licensing/entitlement/entitlement';
import type { Exception } from '../../../shared/words/exception';
import { operationOf, outcomeOf, verdictOf } from './support/say';
import {
  aGrant,
  aPolicy,
  aRule,
  anInput,
  day,
  department,
  direct,
  disable,
  enable,
  now,
  otherPlans,
  ours,
  plan,
  plans,
  salesperson,
  sku,
  tenant,
  tenantWith,
} from './support/tenant';

/** Where there are two of something, the wrong one of them, or one for both, must show. */
describe('two licenses in grace', () => {
  it('are looked at when the first of them is due', () => {
    const decision = decide(
      anInput({
        direct: [direct('EMS'), direct('POWER_BI_PRO')],
        ledger: [
          ours('EMS', { notEntitledSince: now - 10 * day }),
          ours('POWER_BI_PRO', { notEntitledSince: now - 25 * day }),
        ],
      }),
    );

    expect(decision.operation).toBeUndefined();
    expect(decision.lookAgainAt).toBe(now + 5 * day);
  });
});

describe('two extra licenses', () => {
  const extra = (name: 'EMS' | 'POWER_BI_PRO', until: number) => ({
    skuId: sku(name),
    disabledPlans: [],
    extra: { until, why: 'a project', by: 'ops', at: 0 },
  });

  it.each([
    [3 * day, day],
    [day, 3 * day],
  ])('that end in %d and %d ms are looked at when the first ends', (first, second) => {
    const exception: Exception = {
      ...{ until: null, why: 'none', by: 'ops', at: 0 },
      skus: [extra('EMS', now + first), extra('POWER_BI_PRO', now + second)],
    };
    const ledger = (['EMS', 'POWER_BI_PRO'] as const).map((name) => ours(name, { rules: [], byPin: true }));

    const decision = decide(anInput({ exception, ledger, direct: [direct('EMS'), direct('POWER_BI_PRO')] }));

    expect(decision.lookAgainAt).toBe(now + day);
  });
});

describe('two fallbacks', () => {
  const engineers = aPolicy({
    rules: [
      aRule('engineers', {
        assign: [
          aGrant('SPE_E5', {
            fallback: ['SPE_E3', 'SPE_F1'],
            priority: 10,
            plans: disable('YAMMER_ENTERPRISE'),
          }),
        ],
      }),
    ],
  });

  it('of which the first has no seat either: the user waits for that one too', () => {
    const decision = decide(anInput({ policy: engineers, seats: { SPE_E5: 0, SPE_E3: 0 } }));

    expect(outcomeOf(decision, 'SPE_E5')).toMatchObject({ fallback: sku('SPE_F1'), seeks: [sku('SPE_E3')] });
  });

  it('of which the first is held: the user waits for none of them', () => {
    const decision = decide(
      anInput({
        ...{ policy: engineers, seats: { SPE_E5: 0, SPE_E3: 0 } },
        ...{ direct: [direct('SPE_E3', 'YAMMER_ENTERPRISE')], ledger: [ours('SPE_E3')] },
      }),
    );

    expect(outcomeOf(decision, 'SPE_E5')).toMatchObject({ fallback: sku('SPE_E3') });
    expect(outcomeOf(decision, 'SPE_E5')?.seeks).toBeUndefined();
  });

  it('of which one is ours and was ending: it follows the policy again, and ends no more', () => {
    const decision = decide(
      anInput({
        ...{ policy: engineers, seats: { SPE_E5: 0 }, direct: [direct('SPE_E3')] },
        ledger: [ours('SPE_E3', { notEntitledSince: now - 20 * day })],
      }),
    );

    expect(operationOf(decision, ['SPE_E3'])).toBe('~SPE_E3(-YAMMER_ENTERPRISE)');
    expect(decision.ledger).toEqual([
      expect.objectContaining({
        ...{ skuId: sku('SPE_E3'), notEntitledSince: null, disabledByUs: plans('YAMMER_ENTERPRISE') },
      }),
    ]);
  });
});

describe('two groups of licenses', () => {
  it('a fallback outside of all exclusive groups is given beside a license of one', () => {
    const policy = aPolicy({
      exclusive: [['SPE_E5', 'SPE_E3']],
      rules: [
        aRule('staff', { assign: [aGrant('SPE_E5')] }),
        aRule('project', { assign: [aGrant('PROJECTPROFESSIONAL', { fallback: ['POWER_BI_PRO'] })] }),
      ],
    });

    const decision = decide(anInput({ policy, seats: { PROJECTPROFESSIONAL: 0 } }));

    expect(operationOf(decision)).toBe('+POWER_BI_PRO +SPE_E5');
  });

  it('what stands in below a full SKU stays, and is not said to be ending', () => {
    const policy = aPolicy({
      exclusive: [['SPE_E5', 'SPE_E3']],
      rules: [aRule('staff', { assign: [aGrant('SPE_E5')] })],
    });

    const decision = decide(
      anInput({ policy, direct: [direct('SPE_E3')], ledger: [ours('SPE_E3')], seats: { SPE_E5: 0 } }),
    );

    expect(verdictOf(decision, 'SPE_E3')).toBe('nothing fallback/stands-in');
  });
});

describe('two rules', () => {
  const due = { direct: [direct('EMS')], ledger: [ours('EMS', { notEntitledSince: now - 90 * day })] };

  it('of which one, that does not match, names an unknown SKU: what is due still goes', () => {
    const policy = aPolicy({
      rules: [
        aRule('legal', { when: department('Legal'), assign: [aGrant('EMS')] }),
        aRule('typing error', { when: department('Board'), assign: [aGrant('EMZ')] }),
      ],
    });

    expect(operationOf(decide(anInput({ policy, ...due })))).toBe('-EMS');
  });

  it('of which one names a plan that is new: it is on by that grant, and not as a new plan', () => {
    const knownPlans = new Map([[sku('EMS'), new Set(otherPlans('EMS', 'INTUNE_A'))]]);
    const causeOf = (...rules: Parameters<typeof aRule>[]) =>
      findEntitlement(
        aPolicy({ rules: rules.map((rule) => aRule(...rule)) }),
        salesperson,
        { transitive: [] },
        tenant,
        { now, absent: 'null', knownPlans },
      ).wanted[0]?.plans.get(plan('INTUNE_A'));

    expect(causeOf(['all', { assign: [aGrant('EMS')] }])).toMatchObject({ state: 'on', cause: 'new-plan' });
    expect(
      causeOf(
        ['all', { assign: [aGrant('EMS')] }],
        ['intune', { assign: [aGrant('EMS', { plans: enable('INTUNE_A') })] }],
      ),
    ).toMatchObject({ state: 'on', cause: 'grant', rules: ['all', 'intune'] });
  });
});

it('an exception that changes plans of a suspended SKU is blocked, and nothing is said to be ending', () => {
  const exception: Exception = {
    ...{ until: null, why: 'ticket 4711', by: 'ops', at: 0 },
    skus: [{ skuId: sku('EMS'), disabledPlans: plans('MFA_PREMIUM') }],
  };

  const decision = decide(
    anInput({
      ...{ exception, direct: [direct('EMS')], ledger: [ours('EMS')] },
      catalogue: tenantWith({ EMS: { capabilityStatus: 'Suspended' } }),
    }),
  );

  expect(verdictOf(decision, 'EMS')).toBe('blocked sku/not-active');
});
