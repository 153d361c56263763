import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../shared/licensing/decide';
import { readMembershipRule } from '../../../../shared/policy/rule/membership-rule';
import { aGrant, aPolicy, aRule, anInput, day, now, salesperson } from '../support/tenant';

/** 22 November 2026, 12:00 UTC. */
const conditionOf = (text: string) => {
  const reading = readMembershipRule(text);
  if (!reading.valid) throw reading.error;
  return reading.rule;
};
const policyOf = (rule: string) =>
  aPolicy({ rules: [aRule('dated', { when: conditionOf(rule), assign: [aGrant('EMS')] })] });
const at = (time: string) => Date.parse(time) + 1;
const dated = (properties: Record<string, unknown>) => ({ ...salesperson, ...properties });

const leaver = 'user.employeeLeaveDateTime -ge system.now';
const starter = 'user.employeeHireDate -le system.now';

describe('the date on which a rule says something else of a user', () => {
  it.each<[string, string, Record<string, unknown>, string]>([
    [
      'a leaver’s last day',
      leaver,
      { employeeLeaveDateTime: '2026-11-30T17:00:00Z' },
      '2026-11-30T17:00:00Z',
    ],
    ['a date alone', leaver, { employeeLeaveDateTime: '2026-11-30' }, '2026-11-30T00:00:00Z'],
    [
      'a time of another zone',
      leaver,
      { employeeLeaveDateTime: '2026-11-30T17:00:00+02:00' },
      '2026-11-30T15:00:00Z',
    ],
    ['a first day', starter, { employeeHireDate: '2026-12-01T00:00:00Z' }, '2026-12-01T00:00:00Z'],
    [
      'two weeks before the first day',
      'user.employeeHireDate -le system.now -plus P14D',
      { employeeHireDate: '2026-12-20T08:00:00Z' },
      '2026-12-06T08:00:00Z',
    ],
    [
      'thirty days after the last day',
      'user.employeeLeaveDateTime -ge system.now -minus P30D',
      { employeeLeaveDateTime: '2026-11-01T00:00:00Z' },
      '2026-12-01T00:00:00Z',
    ],
    [
      'beside another condition',
      `user.department -eq "Sales" -and ${starter}`,
      { employeeHireDate: '2026-12-01T00:00:00Z' },
      '2026-12-01T00:00:00Z',
    ],
    [
      'under -not',
      '-not (user.employeeLeaveDateTime -le system.now)',
      { employeeLeaveDateTime: '2027-01-31T23:59:59Z' },
      '2027-01-31T23:59:59Z',
    ],
    [
      'the first of two',
      `${starter} -and ${leaver}`,
      { employeeHireDate: '2026-12-01T00:00:00Z', employeeLeaveDateTime: '2027-03-31T00:00:00Z' },
      '2026-12-01T00:00:00Z',
    ],
    [
      'the second of two, when the first is over',
      `${starter} -and ${leaver}`,
      { employeeHireDate: '2020-01-01T00:00:00Z', employeeLeaveDateTime: '2027-03-31T00:00:00Z' },
      '2027-03-31T00:00:00Z',
    ],
  ])('is kept in mind: %s', (_what, rule, properties, date) => {
    const policy = policyOf(rule);
    const seenAt = (time: number) => decide(anInput({ policy, properties: dated(properties), now: time }));

    expect(seenAt(now).lookAgainAt).toBe(at(date));
    // It is the right one: just then the policy says something else.
    expect(seenAt(at(date)).entitlement).not.toEqual(seenAt(at(date) - 2).entitlement);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['is over', leaver, { employeeLeaveDateTime: '2026-11-21T00:00:00Z' }],
    ['was never set', leaver, { employeeLeaveDateTime: null }],
    ['is no date', leaver, { employeeLeaveDateTime: 'next spring' }],
    ['was not read', leaver, {}],
    [
      'stands in the user and in no rule',
      'user.department -eq "Sales"',
      { employeeLeaveDateTime: '2026-12-24' },
    ],
    [
      'is compared with a fixed one',
      'user.employeeHireDate -le 2027-01-01T00:00:00Z',
      { employeeHireDate: '2026-12-01T00:00:00Z' },
    ],
  ])('is none where the date %s', (_what, rule, properties) => {
    const { lookAgainAt } = decide(anInput({ policy: policyOf(rule), properties: dated(properties) }));

    expect(lookAgainAt).toBeNull();
  });

  it('is that of the scope, too', () => {
    const policy = { ...policyOf('user.department -eq "Sales"'), scope: conditionOf(leaver) };
    const properties = dated({ employeeLeaveDateTime: '2026-12-31T00:00:00Z' });

    expect(decide(anInput({ policy, properties })).lookAgainAt).toBe(at('2026-12-31T00:00:00Z'));
    const after = decide(anInput({ policy, properties, now: at('2026-12-31T00:00:00Z') }));
    expect(after.outcome).toBe('outOfScope');
  });

  it('comes before another date that is later', () => {
    const policy = policyOf(leaver);
    const exception = { until: now + 60 * day, why: 'a project', by: 'ann', at: now, skus: [] };
    const properties = dated({ employeeLeaveDateTime: '2026-12-01T00:00:00Z' });

    const { lookAgainAt } = decide(anInput({ policy, properties, exception }));

    expect(lookAgainAt).toBe(at('2026-12-01T00:00:00Z'));
  });
});
