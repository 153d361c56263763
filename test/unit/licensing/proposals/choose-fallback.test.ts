import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import { operationOf, outcomeOf, verdictOf } from '../support/say';
import type { Situation } from '../support/tenant';
import {
  aGrant,
  aPolicy,
  aRule,
  always,
  anInput,
  direct,
  disable,
  inherited,
  ours,
  plans,
  sku,
  tenantWith,
} from '../support/tenant';

const e5 = aGrant('SPE_E5', { fallback: ['SPE_E3', 'SPE_F1'], priority: 10 });
const engineers = aPolicy({ rules: [aRule('engineers', { assign: [e5] })] });
const none = { SPE_E5: 0 };

describe('a SKU without seats', () => {
  it.each<[string, Situation, string, string, string | undefined]>([
    ['a seat is free: given', {}, '+SPE_E5', 'licensed license/assigned', undefined],
    ['none: the first fallback meanwhile', { seats: none }, '+SPE_E3', 'waiting seats/exhausted', 'SPE_E3'],
    [
      'none of the first fallback either: the second',
      { seats: { ...none, SPE_E3: 0 } },
      '+SPE_F1',
      'waiting seats/exhausted',
      'SPE_F1',
    ],
    [
      'none at all: waits',
      { seats: { ...none, SPE_E3: 0, SPE_F1: -2 } },
      '',
      'waiting seats/exhausted',
      undefined,
    ],
    ['scarce: the drain gives it', { listOnly: ['SPE_E5'] }, '+SPE_E3', 'waiting seats/scarce', 'SPE_E3'],
    [
      'the fallback is held already',
      { seats: none, direct: [direct('SPE_E3')], ledger: [ours('SPE_E3')] },
      '',
      'waiting seats/exhausted',
      'SPE_E3',
    ],
    [
      'the fallback is held by hand',
      { seats: none, direct: [direct('SPE_E3')] },
      '',
      'waiting seats/exhausted',
      'SPE_E3',
    ],
    [
      'the fallback comes from a group',
      { seats: none, inherited: [inherited('SPE_E3')] },
      '',
      'waiting seats/exhausted',
      'SPE_E3',
    ],
    [
      'a lesser fallback is held and the better one is free now',
      { seats: none, direct: [direct('SPE_F1')], ledger: [ours('SPE_F1')] },
      '+SPE_E3 -SPE_F1',
      'waiting seats/exhausted',
      'SPE_E3',
    ],
    [
      'a seat came free: up from the fallback in one call',
      { direct: [direct('SPE_E3')], ledger: [ours('SPE_E3')] },
      '+SPE_E5 -SPE_E3',
      'licensed license/assigned',
      undefined,
    ],
    [
      'a seat came free, the fallback is not ours: it stays',
      { direct: [direct('POWER_BI_PRO')] },
      '+SPE_E5',
      'licensed license/assigned',
      undefined,
    ],
    [
      'the subscription is suspended: fallback, and blocked',
      { catalogue: tenantWith({ SPE_E5: { capabilityStatus: 'Suspended' } }) },
      '+SPE_E3',
      'blocked sku/not-active',
      'SPE_E3',
    ],
    [
      'a license of the whole company',
      { catalogue: tenantWith({ SPE_E5: { appliesTo: 'Company' } }) },
      '+SPE_E3',
      'blocked sku/company',
      'SPE_E3',
    ],
    [
      'a subscription in Warning takes assignments',
      { catalogue: tenantWith({ SPE_E5: { capabilityStatus: 'Warning' } }) },
      '+SPE_E5',
      'licensed license/assigned',
      undefined,
    ],
  ])('%s', (_, situation, operation, verdict, fallback) => {
    const decision = decide(anInput({ policy: engineers, ...situation }));

    expect(operationOf(decision)).toBe(operation);
    expect(verdictOf(decision, 'SPE_E5')).toBe(verdict);
    expect(outcomeOf(decision, 'SPE_E5')?.fallback).toBe(fallback && sku(fallback as 'SPE_E3'));
  });

  it('blocks only itself', () => {
    const policy = aPolicy({
      rules: [aRule('a', { assign: [aGrant('SPE_E5', { priority: 3 }), aGrant('POWER_BI_PRO')] })],
    });

    const decision = decide(anInput({ policy, seats: none }));

    expect(operationOf(decision)).toBe('+POWER_BI_PRO');
    expect(decision.outcome).toBe('waiting');
    expect(outcomeOf(decision, 'SPE_E5')?.priority).toBe(3);
  });

  it('gives the fallback the plans that the grant leaves on, as far as it has them', () => {
    const grant = aGrant('SPE_E5', { fallback: ['SPE_E3'], plans: disable('INTUNE_A', 'MCOEV') });
    const policy = aPolicy({ rules: [aRule('a', { assign: [grant], without: ['YAMMER_ENTERPRISE'] })] });

    const decision = decide(anInput({ policy, seats: none }));

    expect(operationOf(decision)).toBe('+SPE_E3(-INTUNE_A -YAMMER_ENTERPRISE)');
    expect(decision.findings).toEqual([]);
  });

  it('keeps a fallback that another rule grants in its own right', () => {
    const policy = aPolicy({
      rules: [
        aRule('a', { assign: [aGrant('SPE_E5', { fallback: ['POWER_BI_PRO'] })] }),
        aRule('b', { assign: [aGrant('POWER_BI_PRO')] }),
      ],
    });

    const decision = decide(
      anInput({ policy, direct: [direct('POWER_BI_PRO')], ledger: [ours('POWER_BI_PRO')] }),
    );

    expect(operationOf(decision)).toBe('+SPE_E5');
  });

  it('keeps a fallback that another waiting SKU needs', () => {
    const policy = aPolicy({
      rules: [
        aRule('a', { assign: [aGrant('SPE_E5', { fallback: ['POWER_BI_PRO'] })] }),
        aRule('b', { assign: [aGrant('EMS', { fallback: ['POWER_BI_PRO'] })] }),
      ],
    });
    const held = { direct: [direct('POWER_BI_PRO')], ledger: [ours('POWER_BI_PRO')] };

    const decision = decide(anInput({ policy, ...held, seats: { EMS: 0 } }));

    expect(operationOf(decision)).toBe('+SPE_E5');
    expect(outcomeOf(decision, 'EMS')?.fallback).toBe(sku('POWER_BI_PRO'));
  });

  it('keeps a fallback that an undecided rule might grant in its own right', () => {
    const policy = aPolicy({
      rules: [
        aRule('a', { assign: [aGrant('SPE_E5', { fallback: ['POWER_BI_PRO'] })] }),
        aRule('b', { when: always('undecided'), assign: [aGrant('POWER_BI_PRO')] }),
      ],
    });
    const held = { direct: [direct('POWER_BI_PRO')], ledger: [ours('POWER_BI_PRO')] };

    expect(operationOf(decide(anInput({ policy, ...held })))).toBe('+SPE_E5');
  });

  it('carries what a person switched off from the fallback to what replaces it', () => {
    const held = {
      direct: [direct('SPE_E3', 'TEAMS1', 'INTUNE_A')],
      ledger: [ours('SPE_E3', { disabledByUs: plans('INTUNE_A') })],
    };

    const decision = decide(anInput({ policy: engineers, ...held }));

    expect(operationOf(decision)).toBe('+SPE_E5(-TEAMS1) -SPE_E3');
    expect(decision.ledger).toEqual([ours('SPE_E5', { rules: ['engineers'] })]);
  });
});
