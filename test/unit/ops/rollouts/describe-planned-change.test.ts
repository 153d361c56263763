import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import { comparableChange } from '../../../../shared/licensing/preview/planned-effect';
import { describePlannedChange } from '../../../../shared/ops/rollouts/describe-planned-change';
import {
  aGrant,
  aPolicy,
  aRule,
  anInput,
  direct,
  disable,
  ours,
  plans,
  sku,
  tenantWith,
} from '../../licensing/support/tenant';

const catalogue = tenantWith({});

describe('what a plan said about a member', () => {
  it('names what comes and which plans go off, as the plan itself wrote it', () => {
    const policy = aPolicy({
      rules: [aRule('rule', { assign: [aGrant('SPE_E5'), aGrant('EMS', { plans: disable('INTUNE_A') })] })],
    });
    const input = anInput({ policy, catalogue, direct: [direct('EMS')], ledger: [ours('EMS')] });

    const text = describePlannedChange(comparableChange(input.holding, decide(input)), catalogue);

    expect(text).toBe('gains SPE_E5; INTUNE_A of EMS off');
  });

  it.each([
    { change: null, text: '' },
    { change: '', text: '' },
    { change: '{"another":"shape"}', text: '' },
    { change: JSON.stringify([[], [sku('EMS')], [], [], null]), text: 'loses EMS' },
    {
      change: JSON.stringify([
        ['aaaaaaaa-0000-4000-8000-000000000000'],
        [],
        [{ skuId: sku('EMS'), servicePlanIds: plans('INTUNE_A') }],
        [],
        'NL',
      ]),
      text: 'gains aaaaaaaa-0000-4000-8000-000000000000; INTUNE_A of EMS on; usage location NL',
    },
  ])('$change: "$text"', ({ change, text }) => {
    expect(describePlannedChange(change, catalogue)).toBe(text);
  });
});
