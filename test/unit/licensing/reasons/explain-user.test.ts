import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import { explainUser } from '../../../../shared/licensing/reasons/explain-user';
import type { PlanName, Situation, SkuName } from '../support/tenant';
import {
  aGrant,
  aPolicy,
  aRule,
  always,
  anInput,
  department,
  direct,
  disable,
  inherited,
  ours,
  plans,
} from '../support/tenant';

const policy = aPolicy({
  exclusive: [['SPE_E5', 'SPE_E3']],
  rules: [
    aRule('sales', { when: department('Sales'), assign: [aGrant('EMS', { plans: disable('INTUNE_A') })] }),
    aRule('no rights management', { without: ['RMS_S_PREMIUM'] }),
    aRule('legal', { when: department('Legal'), memberOf: ['SG-Legal'], assign: [aGrant('POWER_BI_PRO')] }),
    aRule('e3', { assign: [aGrant('SPE_E3')] }),
    aRule('e5', { assign: [aGrant('SPE_E5')] }),
    aRule('open', { when: always('undecided'), assign: [aGrant('PROJECTPROFESSIONAL')] }),
  ],
});

function explain(situation: Situation = {}) {
  const input = anInput({ policy, ...situation });
  const explanation = explainUser(input, decide(input));
  const skuOf = (name: SkuName) => explanation.skus.find((one) => one.skuPartNumber === name);
  const planOf = (name: SkuName, planName: PlanName) =>
    skuOf(name)?.plans.find((one) => one.servicePlanName === planName);
  return { explanation, skuOf, planOf };
}

describe('why a user has a plan or not', () => {
  it.each<[string, Situation, PlanName, string, string]>([
    ['on by a rule', {}, 'AAD_PREMIUM', 'notHeld', 'The policy says on, because of rule "sales".'],
    ['off by a rule', {}, 'INTUNE_A', 'notHeld', 'The policy says off, because of rule "sales".'],
    [
      'off by "without"',
      {},
      'RMS_S_PREMIUM',
      'notHeld',
      'The policy says off, because of "without" in rule "no rights management".',
    ],
    [
      'switched off by us',
      { direct: [direct('EMS', 'INTUNE_A')], ledger: [ours('EMS', { disabledByUs: plans('INTUNE_A') })] },
      'INTUNE_A',
      'off',
      'Switched off by the policy. The policy says off, because of rule "sales".',
    ],
    [
      'switched off by a person in our license',
      { direct: [direct('EMS', 'MFA_PREMIUM')], ledger: [ours('EMS')] },
      'MFA_PREMIUM',
      'off',
      'Switched off by hand, and stays off. The policy says on, because of rule "sales".',
    ],
    [
      'on by hand',
      { direct: [direct('EMS')] },
      'INTUNE_A',
      'on',
      'On, in a license assigned by hand. The policy says off, because of rule "sales".',
    ],
    [
      'on from a group',
      { inherited: [inherited('EMS')] },
      'INTUNE_A',
      'on',
      'On, from a group. The policy says off, because of rule "sales".',
    ],
  ])('%s', (_, situation, planName, held, text) => {
    expect(explain(situation).planOf('EMS', planName)).toMatchObject({ now: held, text });
  });
});

describe('why a user has a SKU or not', () => {
  it.each<[string, SkuName, Situation, string]>([
    ['granted', 'EMS', {}, 'EMS is assigned without INTUNE_A, RMS_S_PREMIUM (rule "sales").'],
    [
      'not granted, with what was asked for',
      'POWER_BI_PRO',
      {},
      'POWER_BI_PRO is not granted: Rule "legal" does not match: it asks for user.department -eq "Legal", and membership of "SG-Legal".',
    ],
    [
      'something better is granted',
      'SPE_E3',
      {},
      'A rule grants SPE_E3, and SPE_E5 of the same exclusive group is better and granted too.',
    ],
    [
      'by hand and named by no rule',
      'STANDARDPACK',
      { direct: [direct('STANDARDPACK', 'EXCHANGE_S_STANDARD', 'SHAREPOINTSTANDARD')] },
      'STANDARDPACK was assigned by hand; no rule of the policy grants it.',
    ],
    [
      'out of scope',
      'EMS',
      { properties: { accountEnabled: false } },
      'EMS is not granted: the user is out of scope.',
    ],
    [
      'scope not known',
      'EMS',
      { properties: {} },
      'EMS is left as it is: whether the user is in scope is not known.',
    ],
    ['deleted', 'EMS', { deleted: true }, 'The user is deleted: nothing is decided of EMS.'],
  ])('%s', (_, name, situation, text) => {
    expect(explain(situation).skuOf(name)?.text).toBe(text);
  });

  it('tells whose each license is', () => {
    const { skuOf } = explain({
      direct: [direct('EMS'), direct('POWER_BI_PRO'), direct('SPE_E3')],
      inherited: [inherited('SPE_E3')],
      ledger: [ours('EMS'), ours('SPE_E3', { adopted: true })],
    });

    expect([skuOf('EMS')?.owner, skuOf('POWER_BI_PRO')?.owner, skuOf('SPE_E3')?.owner]).toEqual([
      'ours',
      'byHand',
      'adopted',
    ]);
    expect(skuOf('SPE_E3')?.held).toEqual(['direct', 'inherited']);
    expect(skuOf('SPE_E5')?.held).toEqual([]);
  });

  it('tells of each rule whether it matches', () => {
    const { skuOf, explanation } = explain();

    expect(explanation.scope).toEqual({ truth: true, rule: 'user.accountEnabled -eq true' });
    expect(skuOf('PROJECTPROFESSIONAL')?.rules).toEqual([
      {
        rule: 'open',
        truth: 'undecided',
        text: 'Rule "open" could not be decided, because a property was not read: it asks for always undecided.',
      },
    ]);
  });
});
