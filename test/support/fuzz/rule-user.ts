import type { RuleContext, RuleUser, Truth } from '../../../shared/policy/condition';
import { readMembershipRule } from '../../../shared/policy/rule/membership-rule';
import type { MembershipRule } from '../../../shared/policy/rule/membership-rule';
import type { Unconfirmed } from '../../../shared/policy/rule/evaluate/null-table';

export const now = Date.parse('2026-06-15T12:00:00Z');

/** A whole user, everything empty but what is given. */
export function aUser(properties: RuleUser = {}): RuleUser {
  return {
    id: '11111111-2222-3333-4444-555555555555',
    displayName: 'Ana Keller',
    userPrincipalName: 'ana@harbour.example',
    accountEnabled: true,
    department: null,
    jobTitle: null,
    city: null,
    country: null,
    onPremisesSyncEnabled: null,
    employeeHireDate: null,
    otherMails: [],
    proxyAddresses: [],
    assignedPlans: [],
    businessPhones: [],
    memberOf: [],
    manager: null,
    onPremisesExtensionAttributes: null,
    ...properties,
  };
}

/** The compiled rule; fails the test when Entra would refuse it. */
export function ruleOf(source: string, unconfirmed: Unconfirmed = 'assume'): MembershipRule {
  const reading = readMembershipRule(source, { unconfirmed });
  if (!reading.valid) throw reading.error;
  return reading.rule;
}

export function evaluate(
  source: string,
  user: RuleUser,
  options: Partial<RuleContext> & { unconfirmed?: Unconfirmed } = {},
): Truth {
  const context = { now: options.now ?? now, absent: options.absent ?? 'undecided' } as const;
  return ruleOf(source, options.unconfirmed).evaluate(user, context);
}

/** The error of a rule that Entra refuses; undefined when it is valid. */
export function errorOf(source: string) {
  const reading = readMembershipRule(source);
  return reading.valid ? undefined : reading.error;
}
