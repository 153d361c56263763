import { describe, expect, it } from '@jest/globals';
import { renderPlan } from '../../../cli/render/render-plan';
import { decide } from '../../../shared/licensing/decide';
import { UserPreviewer, keepLines } from '../../../shared/licensing/preview/preview-users';
import { readMembershipRule } from '../../../shared/policy/rule/membership-rule';
import { toPreviewView } from '../../../shared/ops/preview/preview-view';
import { userId } from '../../support/user-states';
import { aGrant, aPolicy, aRule, anInput, property, tenant } from './support/tenant';

const policy = aPolicy({
  scope: property('userType', 'Member'),
  rules: [aRule('all', { assign: [aGrant('EMS')] })],
  needs: { properties: new Set(['userType']), directGroups: false, transitiveGroups: false },
});
const readScope = (text: string) => {
  const reading = readMembershipRule(text);
  if (!reading.valid) throw reading.error;
  return reading.rule;
};
const of = (userType: string | null) => anInput({ policy, properties: { userType } });
const codes = (userType: string | null) => decide(of(userType)).reasons.map(({ code }) => code);

describe('an account without a userType', () => {
  it('is told so where it is outside the scope', () => {
    const { outcome, reasons } = decide(of(null));

    expect(outcome).toBe('outOfScope');
    expect(reasons).toMatchObject([
      { code: 'scope/no-user-type', text: expect.stringContaining('write `-ne "Guest"`') },
    ]);
  });

  it('is no other account outside the scope, and none in scope', () => {
    expect(codes('Guest')).toEqual(['scope/outside']);
    expect(codes('Member')).toEqual(['license/assigned']);
  });

  it('is not told so by a policy that does not look at it', () => {
    const other = { ...policy, scope: property('department', 'Sales'), needs: aPolicy().needs };

    const { reasons } = decide(anInput({ policy: other, properties: { userType: null, department: 'HR' } }));

    expect(reasons.map(({ code }) => code)).toEqual(['scope/outside']);
  });

  it.each([
    ['another part of the scope leaves it out', 'user.userType -eq "Member" and user.department -eq "Sales"'],
    [
      'the scope takes it in but for another part',
      'user.userType -ne "Guest" and user.department -eq "Sales"',
    ],
    ['only a guest would be in', 'user.userType -eq "Guest"'],
  ])('is not told so where %s', (_, rule) => {
    const scope = readScope(rule);
    const decision = decide(
      anInput({ policy: { ...policy, scope }, properties: { userType: null, department: 'HR' } }),
    );

    expect(decision.reasons.map(({ code }) => code)).toEqual(['scope/outside']);
  });

  it.each([
    [
      'of several parts of which only this one fails',
      'user.userType -eq "Member" and user.department -eq "Sales"',
    ],
    ['that lists what is in', 'user.userType -in ["Member", "Staff"]'],
    ['that begins with the word', 'user.userType -startsWith "Mem"'],
    ['in brackets', '(user.department -eq "Sales") and (user.userType -eq "member")'],
  ])('is told so by a scope %s', (_, rule) => {
    const scope = readScope(rule);
    const decision = decide(
      anInput({ policy: { ...policy, scope }, properties: { userType: null, department: 'Sales' } }),
    );

    expect(decision.reasons.map(({ code }) => code)).toEqual(['scope/no-user-type']);
  });

  it('is counted by plan', () => {
    const kept = keepLines();
    const previewer = new UserPreviewer(policy, tenant, kept);
    for (const [number, userType] of [null, 'Guest', null, 'Member'].entries()) {
      const id = userId(number);
      previewer.add({ user: { id, userPrincipalName: null }, input: of(userType), since: 0 });
    }
    const preview = kept.whole(previewer.finish());
    const more = { unknown: [], unreadable: [], policies: new Map(), approval: [] };

    const view = toPreviewView(preview, { policy, catalogue: tenant }, more);

    expect(view.withoutUserType).toBe(2);
    expect(renderPlan(view, 10)).toContain('2 users outside the scope have no userType');
  });
});
