import { describe, expect, it } from '@jest/globals';
import type { GroupId } from '../../../shared/kernel/ids';
import { decide } from '../../../shared/licensing/decide';
import {
  aGrant,
  aPolicy,
  aRule,
  anInput,
  department,
  direct,
  disable,
  ours,
  plans,
  salesperson,
  sku,
} from './support/tenant';

const emsWithoutIntune = aPolicy({
  rules: [
    aRule('staff-ems-without-intune', {
      when: department('Sales'),
      assign: [aGrant('EMS', { plans: disable('INTUNE_A') })],
    }),
  ],
});

describe('the tasks of the Intune page', () => {
  it('creates a user with EMS without INTUNE_A, and sets the usage location first', () => {
    const decision = decide(anInput({ policy: emsWithoutIntune, usageLocation: null }));

    expect(decision.operation).toEqual({
      kind: 'assign',
      add: [{ skuId: sku('EMS'), disabledPlans: plans('INTUNE_A') }],
      remove: [],
      usageLocation: 'NL',
    });
    expect(decision.outcome).toBe('licensed');
    expect(decision.ledger).toEqual([
      ours('EMS', { disabledByUs: plans('INTUNE_A'), rules: ['staff-ems-without-intune'] }),
    ]);
    expect(decision.reasons.map((reason) => reason.text)).toEqual([
      'EMS is assigned without INTUNE_A (rule "staff-ems-without-intune").',
      "Usage location NL is taken from the user's country.",
    ]);
  });

  it('disables INTUNE_A for a user who already has EMS by hand: one call, other disabled plans kept', () => {
    const policy = aPolicy({ ...emsWithoutIntune, adopt: ['EMS'] });

    const decision = decide(anInput({ policy, direct: [direct('EMS', 'MFA_PREMIUM')] }));

    expect(decision.operation).toEqual({
      kind: 'changePlans',
      add: [{ skuId: sku('EMS'), disabledPlans: plans('INTUNE_A', 'MFA_PREMIUM') }],
      remove: [],
    });
    expect(decision.ledger).toEqual([
      ours('EMS', { disabledByUs: plans('INTUNE_A'), rules: ['staff-ems-without-intune'], adopted: true }),
    ]);
  });

  it.each([
    ['its name, in any case', 'sg-INTUNE-free'],
    ['its id', '11111111-2222-4333-8444-555555555555'],
  ])('does the same for a whole security group, by %s', (_, reference) => {
    const policy = aPolicy({
      rules: [
        aRule('group', { memberOf: [reference], assign: [aGrant('EMS', { plans: disable('INTUNE_A') })] }),
      ],
    });
    const group = { id: '11111111-2222-4333-8444-555555555555' as GroupId, displayName: 'SG-Intune-Free' };

    const member = decide(anInput({ policy, memberships: { transitive: [group] } }));
    const other = decide(anInput({ policy, memberships: { transitive: [] } }));

    expect(member.operation?.add).toEqual([{ skuId: sku('EMS'), disabledPlans: plans('INTUNE_A') }]);
    expect(other.operation).toBeUndefined();
    expect(other.reasons.map((reason) => reason.code)).toEqual(['policy/no-rule']);
  });

  it('does the same by a finer filter: a group and an attribute, both', () => {
    const group = { id: '11111111-2222-4333-8444-555555555555' as GroupId, displayName: 'SG-Staff' };
    const policy = aPolicy({
      rules: [aRule('both', { when: department('Sales'), memberOf: ['SG-Staff'], assign: [aGrant('EMS')] })],
    });
    const outcomeOf = (name: string, transitive: (typeof group)[]) =>
      decide(
        anInput({ policy, properties: { ...salesperson, department: name }, memberships: { transitive } }),
      ).outcome;

    expect(outcomeOf('Sales', [group])).toBe('licensed');
    expect(outcomeOf('Sales', [])).toBe('nothing');
    expect(outcomeOf('Legal', [group])).toBe('nothing');
  });
});
