import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import { microsoftConflicts } from '../../../../shared/licensing/service-plans/known-conflicts';
import { outcomeOf } from '../support/say';
import {
  aGrant,
  aPolicy,
  aRule,
  anInput,
  direct,
  disable,
  ours,
  plan,
  sku,
  tenantWith,
} from '../support/tenant';
import type { Situation, SkuName } from '../support/tenant';

const policyOf = (name: SkuName) => aPolicy({ rules: [aRule('rule', { assign: [aGrant(name)] })] });
const held = (name: SkuName): Situation => ({
  policy: policyOf(name),
  direct: [direct(name)],
  ledger: [ours(name)],
});
const inState = (name: SkuName, capabilityStatus: string): Situation => ({
  ...held(name),
  catalogue: tenantWith({ [name]: { capabilityStatus } }),
});

describe('a license that is held as the policy says, of a SKU that can give nothing', () => {
  it.each<[string, SkuName, string, string, Situation]>([
    ['a suspended subscription', 'EMS', 'sku/not-active', 'is Suspended', inState('EMS', 'Suspended')],
    ['a deleted one', 'EMS', 'sku/not-active', 'is Deleted', inState('EMS', 'Deleted')],
    ['a canceled one', 'EMS', 'sku/not-active', 'is LockedOut', inState('EMS', 'LockedOut')],
    ['a state that no page names', 'EMS', 'sku/not-active', 'is Dormant', inState('EMS', 'Dormant')],
    ['another SKU', 'SPE_E3', 'sku/not-active', 'is Suspended', inState('SPE_E3', 'Suspended')],
    ['a SKU of one plan', 'POWER_BI_PRO', 'sku/not-active', 'is Deleted', inState('POWER_BI_PRO', 'Deleted')],
    [
      'one that was adopted',
      'EMS',
      'sku/not-active',
      'is Suspended',
      {
        ...inState('EMS', 'Suspended'),
        policy: { ...policyOf('EMS'), adopt: ['EMS'] },
        ledger: [],
      },
    ],
    [
      'one without a plan, as the policy says',
      'EMS',
      'sku/not-active',
      'is Suspended',
      {
        policy: aPolicy({
          rules: [aRule('rule', { assign: [aGrant('EMS', { plans: disable('INTUNE_A') })] })],
        }),
        direct: [direct('EMS', 'INTUNE_A')],
        ledger: [ours('EMS', { disabledByUs: [plan('INTUNE_A')] })],
        catalogue: tenantWith({ EMS: { capabilityStatus: 'Suspended' } }),
      },
    ],
    [
      'a SKU of the whole company',
      'EMS',
      'sku/company',
      'whole company',
      { ...held('EMS'), catalogue: tenantWith({ EMS: { appliesTo: 'Company' } }) },
    ],
    [
      'a SKU that Graph does not let administrators assign',
      'EMS',
      'sku/unassignable',
      'does not let administrators assign',
      { ...held('EMS'), learntConflicts: { ...microsoftConflicts, unassignable: [sku('EMS')] } },
    ],
  ])('is not called right: %s', (_what, name, code, text, situation) => {
    const decision = decide(anInput(situation));

    const said = outcomeOf(decision, name);
    expect(said).toMatchObject({ outcome: 'nothing', reason: { code } });
    expect(said?.reason.text).toContain('holds it as the policy says, and it may give nothing');
    expect(said?.reason.text).toContain(text);
    expect(decision.operation).toBeUndefined();
  });

  it.each<[string, Situation, string]>([
    ['in force', inState('EMS', 'Enabled'), 'license/right'],
    ['expired and still in service', inState('EMS', 'Warning'), 'license/right'],
  ])('is right while the subscription is %s', (_what, situation, code) => {
    expect(outcomeOf(decide(anInput(situation)), 'EMS')?.reason.code).toBe(code);
  });

  it('is blocked where a plan is to be changed, which cannot be written', () => {
    const policy = aPolicy({
      rules: [aRule('rule', { assign: [aGrant('EMS', { plans: disable('INTUNE_A') })] })],
    });

    const decision = decide(anInput({ ...inState('EMS', 'Suspended'), policy }));

    expect(outcomeOf(decision, 'EMS')).toMatchObject({
      outcome: 'blocked',
      reason: { code: 'sku/not-active' },
    });
  });
});
