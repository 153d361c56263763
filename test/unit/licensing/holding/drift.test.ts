import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import { findingsOf, operationOf, verdictOf } from '../support/say';
import { aGrant, aPolicy, aRule, anInput, direct, disable, inherited, ours, plans } from '../support/tenant';

const rules = [aRule('staff', { assign: [aGrant('EMS', { plans: disable('INTUNE_A') })] })];
const correct = aPolicy({ rules, drift: 'correct' });
const report = aPolicy({ rules, drift: 'report' });
const entry = ours('EMS', { disabledByUs: plans('INTUNE_A'), rules: ['staff'] });

describe('our license that a person took away', () => {
  it('is assigned again, and the reason says why', () => {
    const decision = decide(anInput({ policy: correct, direct: [], ledger: [entry] }));

    expect(operationOf(decision)).toBe('+EMS(-INTUNE_A)');
    expect(verdictOf(decision, 'EMS')).toBe('licensed drift/assigned-again');
    expect(findingsOf(decision)).toContain('drift/taken-away');
  });

  it('stays away where drift is reported, at every further look too', () => {
    const first = decide(anInput({ policy: report, direct: [], ledger: [entry] }));
    const second = decide(anInput({ policy: report, direct: [], ledger: first.ledger }));

    for (const decision of [first, second]) {
      expect(decision.operation).toBeUndefined();
      expect(verdictOf(decision, 'EMS')).toBe('nothing drift/taken-away');
      expect(findingsOf(decision)).toEqual(['drift/taken-away']);
      expect(decision.ledger).toEqual([entry]);
    }
  });

  it('is assigned again once the policy corrects', () => {
    const reported = decide(anInput({ policy: report, direct: [], ledger: [entry] }));

    const corrected = decide(anInput({ policy: correct, direct: [], ledger: reported.ledger }));

    expect(operationOf(corrected)).toBe('+EMS(-INTUNE_A)');
  });

  it('is ours again when a person gives it back', () => {
    const reported = decide(anInput({ policy: report, direct: [], ledger: [entry] }));

    const back = decide(
      anInput({ policy: report, direct: [direct('EMS', 'INTUNE_A')], ledger: reported.ledger }),
    );

    expect(back.operation).toBeUndefined();
    expect(verdictOf(back, 'EMS')).toBe('nothing license/right');
  });

  it('is forgotten when no user is entitled to it any more', () => {
    const grantsNothing = aPolicy({ rules: [], drift: 'report' });

    const decision = decide(anInput({ policy: grantsNothing, direct: [], ledger: [entry] }));

    expect(decision.operation).toBeUndefined();
    expect(decision.ledger).toEqual([]);
    expect(findingsOf(decision)).toEqual([]);
  });

  it('is no drift while a group gives it', () => {
    const decision = decide(
      anInput({ policy: report, direct: [], inherited: [inherited('EMS')], ledger: [entry] }),
    );

    expect(findingsOf(decision)).not.toContain('drift/taken-away');
    expect(verdictOf(decision, 'EMS')).toBe('nothing plans/inherited-on');
  });
});

describe('a plan that we switched off and a person switched on', () => {
  it('is switched off again, and the reason says why', () => {
    const decision = decide(anInput({ policy: correct, direct: [direct('EMS')], ledger: [entry] }));

    expect(operationOf(decision, ['EMS'])).toBe('~EMS(-INTUNE_A)');
    expect(verdictOf(decision, 'EMS')).toBe('licensed drift/plans-off-again');
  });

  it('stays on where drift is reported, at every further look too', () => {
    const first = decide(anInput({ policy: report, direct: [direct('EMS')], ledger: [entry] }));
    const second = decide(anInput({ policy: report, direct: [direct('EMS')], ledger: first.ledger }));

    for (const decision of [first, second]) {
      expect(decision.operation).toBeUndefined();
      expect(verdictOf(decision, 'EMS')).toBe('nothing drift/plans-on');
      expect(findingsOf(decision)).toEqual(['drift/plans-on']);
      expect(decision.ledger).toEqual([entry]);
    }
  });

  it('does not keep another plan from following the policy', () => {
    const more = aPolicy({
      rules: [aRule('staff', { assign: [aGrant('EMS', { plans: disable('INTUNE_A', 'MFA_PREMIUM') })] })],
      drift: 'report',
    });

    const decision = decide(anInput({ policy: more, direct: [direct('EMS')], ledger: [entry] }));

    expect(operationOf(decision, ['EMS'])).toBe('~EMS(-MFA_PREMIUM)');
    expect(decision.ledger[0]?.disabledByUs).toEqual(plans('INTUNE_A', 'MFA_PREMIUM'));
  });
});
