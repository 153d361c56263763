import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import type { Policy } from '../../../../shared/policy/policy';
import { findingsOf, operationOf, verdictOf } from '../support/say';
import {
  aGrant,
  aPolicy,
  aRule,
  anInput,
  department,
  direct,
  disable,
  inherited,
  now,
  day,
  ours,
  plans,
  tenantWith,
} from '../support/tenant';

const granting = (changes: Partial<Policy> = {}, ...off: string[]) =>
  aPolicy({ rules: [aRule('rule', { assign: [aGrant('EMS', { plans: disable(...off) })] })], ...changes });
const grantingNothing = aPolicy({
  rules: [aRule('legal', { when: department('Legal'), assign: [aGrant('EMS')] })],
});

describe('a license that a person assigned', () => {
  it.each([
    ['granted, with other plans on', granting({}, 'INTUNE_A'), 'nothing license/manual', ['plans/manual-on']],
    ['granted, just so', granting(), 'nothing license/manual', []],
    ['not granted', grantingNothing, 'nothing said', []],
    [
      'not granted, though the policy adopts the SKU for others',
      aPolicy({ ...grantingNothing, adopt: ['EMS'] }),
      'nothing said',
      ['license/manual-not-granted'],
    ],
  ])('%s: is left alone', (_, policy, verdict, findings) => {
    const decision = decide(anInput({ policy, direct: [direct('EMS', 'MFA_PREMIUM')] }));

    expect(decision.operation).toBeUndefined();
    expect(decision.ledger).toEqual([]);
    expect(verdictOf(decision, 'EMS')).toBe(verdict);
    expect(findingsOf(decision)).toEqual(findings);
  });

  it('is adopted without a write when it is right already', () => {
    const decision = decide(anInput({ policy: granting({ adopt: ['EMS'] }), direct: [direct('EMS')] }));

    expect(decision.operation).toBeUndefined();
    expect(verdictOf(decision, 'EMS')).toBe('nothing license/adopted');
    expect(decision.ledger).toEqual([ours('EMS', { adopted: true })]);
  });

  it('is not adopted out of scope, nor while the scope is unknown', () => {
    const policy = granting({ adopt: ['EMS'] });
    const held = { policy, direct: [direct('EMS')] };

    const outside = decide(anInput({ ...held, properties: { accountEnabled: false } }));
    const unknown = decide(anInput({ ...held, properties: {} }));

    expect([outside.outcome, outside.ledger]).toEqual(['outOfScope', []]);
    expect([unknown.outcome, unknown.ledger]).toEqual(['blocked', []]);
  });

  it('is adopted when something better in its exclusive group replaces it', () => {
    const policy = aPolicy({
      rules: [aRule('rule', { assign: [aGrant('SPE_E5')] })],
      exclusive: [['SPE_E5', 'SPE_E3']],
      adopt: ['SPE_E3'],
    });

    const decision = decide(anInput({ policy, direct: [direct('SPE_E3')] }));

    expect(operationOf(decision)).toBe('+SPE_E5 -SPE_E3');
  });
});

describe('plans of our license', () => {
  it.each([
    ['off by us, the policy says on: on', [], ['INTUNE_A'], ['INTUNE_A'], '~EMS', []],
    ['off by a person, the policy says on: stays off', [], ['INTUNE_A'], [], '', ['plans/opt-out-kept']],
    ['off by a person, the policy says off: nothing', ['INTUNE_A'], ['INTUNE_A'], [], '', []],
    [
      'on by a person, the policy says off: off',
      ['INTUNE_A'],
      [],
      ['INTUNE_A'],
      '~EMS(-INTUNE_A)',
      ['drift/plans-on'],
    ],
    [
      'one more off: what a person switched off stays so',
      ['INTUNE_A'],
      ['MFA_PREMIUM'],
      [],
      '~EMS(-INTUNE_A -MFA_PREMIUM)',
      ['plans/opt-out-kept'],
    ],
    ['one on, one off: one call', ['INTUNE_A'], ['AAD_PREMIUM'], ['AAD_PREMIUM'], '~EMS(-INTUNE_A)', []],
  ] as const)('%s', (_, wanted, off, byUs, operation, findings) => {
    const decision = decide(
      anInput({
        policy: granting({}, ...wanted),
        direct: [direct('EMS', ...off)],
        ledger: [ours('EMS', { disabledByUs: plans(...byUs) })],
      }),
    );

    expect(operationOf(decision, ['EMS'])).toBe(operation);
    expect(findingsOf(decision)).toEqual(findings);
    expect(decision.outcome).toBe(operation === '' ? 'nothing' : 'licensed');
  });

  it('never calls a plan ours that a person switched off', () => {
    const policy = granting({}, 'INTUNE_A', 'AAD_PREMIUM');
    const held = { direct: [direct('EMS', 'INTUNE_A')], ledger: [ours('EMS')] };

    const decision = decide(anInput({ policy, ...held }));

    expect(decision.ledger).toEqual([ours('EMS', { disabledByUs: plans('AAD_PREMIUM') })]);
  });

  it('counts sets as equal whatever their order, and leaves Company plans out', () => {
    const off = plans('INTUNE_A', 'AAD_PREMIUM', 'MFA_PREMIUM');
    const license = {
      ...direct('EMS'),
      disabledPlans: [...off].reverse().concat(plans('EXCHANGE_S_FOUNDATION')),
    };

    const decision = decide(
      anInput({
        policy: granting({}, 'MFA_PREMIUM', 'INTUNE_A', 'AAD_PREMIUM'),
        direct: [license],
        ledger: [ours('EMS', { disabledByUs: off })],
      }),
    );

    expect(decision.operation).toBeUndefined();
  });

  it('leaves plans alone while the subscription is not in service', () => {
    const catalogue = tenantWith({ EMS: { capabilityStatus: 'Suspended' } });
    const held = { direct: [direct('EMS')], ledger: [ours('EMS')], catalogue };

    const decision = decide(anInput({ policy: granting({}, 'INTUNE_A'), ...held }));

    expect(decision.operation).toBeUndefined();
    expect(verdictOf(decision, 'EMS')).toBe('blocked sku/not-active');
    expect(decision.ledger).toEqual([ours('EMS')]);
  });
});

describe('our license that a person removed', () => {
  it('is given again while the policy grants it', () => {
    expect(operationOf(decide(anInput({ policy: granting(), ledger: [ours('EMS')] })))).toBe('+EMS');
  });

  it('is forgotten otherwise, so that a later one by hand is theirs', () => {
    const decision = decide(anInput({ policy: grantingNothing, ledger: [ours('EMS')] }));

    expect([decision.operation, decision.ledger, decision.lookAgainAt]).toEqual([undefined, [], null]);
  });
});

describe('licenses from groups', () => {
  it.each([
    [
      'with every plan that is needed: no second one',
      ['INTUNE_A'],
      ['INTUNE_A'],
      '',
      'nothing license/inherited',
    ],
    ['lacking a plan: a second one for it', [], ['INTUNE_A'], '+EMS', 'licensed license/assigned'],
    ['giving more than the policy wants: said', ['INTUNE_A'], [], '', 'nothing plans/inherited-on'],
  ] as const)('%s', (_, wantedOff, groupOff, operation, verdict) => {
    const decision = decide(
      anInput({
        policy: granting({}, ...wantedOff),
        inherited: [inherited('EMS', ...groupOff)],
        seats: { EMS: 0 },
      }),
    );

    expect(operationOf(decision)).toBe(operation);
    expect(verdictOf(decision, 'EMS')).toBe(verdict);
    expect(findingsOf(decision)).toEqual(wantedOff.length > groupOff.length ? ['plans/inherited-on'] : []);
  });

  it('are never removed, even when our own copy goes', () => {
    const decision = decide(
      anInput({
        policy: grantingNothing,
        direct: [direct('EMS')],
        inherited: [inherited('EMS')],
        ledger: [ours('EMS', { notEntitledSince: now - 31 * day })],
      }),
    );

    expect(decision.operation).toEqual({ kind: 'remove', add: [], remove: decision.operation?.remove });
    expect(findingsOf(decision)).toEqual(['license/duplicate']);
  });

  it('do not count while they are in error', () => {
    const failing = { ...inherited('EMS'), state: 'Error', error: 'CountViolation' };

    const decision = decide(anInput({ policy: granting(), inherited: [failing] }));

    expect(operationOf(decision)).toBe('+EMS');
    expect(findingsOf(decision)).toEqual(['license/error']);
  });
});
