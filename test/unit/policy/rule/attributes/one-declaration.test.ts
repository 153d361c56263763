import { describe, expect, it, jest } from '@jest/globals';
import { User } from '../../../../../shared/graph/answer-schemas';
import { queryOf, toDirectoryUser } from '../../../../../shared/graph/user-read';
import { trackedProperties } from '../../../../../shared/pipeline/intake/delta-cursor';
import type * as checkPolicyFile from '../../../../../shared/policy/check-policy';
import type * as declarations from '../../../../../shared/policy/rule/attributes/user-properties';
import type * as membershipRule from '../../../../../shared/policy/rule/membership-rule';

const policyRoom = '../../../../../shared/policy';
const declarationFile = `${policyRoom}/rule/attributes/user-properties`;

// Two properties that no version has, each by one declaration and nothing else: one inside an object that Graph
// gives whole, one of the user that a navigation leads to.
jest.doMock(declarationFile, () => ({
  userProperties: [
    ...jest.requireActual<typeof declarations>(declarationFile).userProperties,
    { name: 'deskNumber', path: 'desk/number', inEntra: false },
    { name: 'manager.costCode', path: 'manager/costCode', readBy: 'expand', inEntra: false },
  ],
}));
// Loaded with the declarations above, as everything that they import.
const { checkPolicy } = jest.requireActual<typeof checkPolicyFile>(`${policyRoom}/check-policy`);
const { readMembershipRule } = jest.requireActual<typeof membershipRule>(
  `${policyRoom}/rule/membership-rule`,
);

const id = '00000000-0000-4000-8000-000000000001';
const ruleOf = (source: string) => {
  const reading = readMembershipRule(source);
  if (!reading.valid) throw reading.error;
  return reading.rule;
};
const evaluate = (source: string, properties: Readonly<Record<string, unknown>>) =>
  ruleOf(source).evaluate(properties, { now: 0, absent: 'undecided' });

/** What rules see of a user as Graph answers. */
function seen(source: string, answer: Readonly<Record<string, unknown>>) {
  const { needs } = ruleOf(source);
  return toDirectoryUser(User.parse({ id, ...answer }), needs, undefined).properties;
}

describe('a property that is declared once', () => {
  const inObject = 'user.deskNumber -eq "7"';
  const navigated = 'user.manager.costCode -eq "A1"';

  it('may be named in a rule, in any letter case, with the warning of an extension', () => {
    expect(ruleOf('user.DESKNUMBER -eq "7"').warnings.map(({ code }) => code)).toContain('rule/extension');
  });

  it('is asked for and followed: $select of its object, $expand of its navigation', () => {
    expect(queryOf(ruleOf(inObject).needs)).toMatch(/^\$select=[a-zA-Z,]+,desk$/);
    expect(queryOf(ruleOf(navigated).needs)).toMatch(
      /^\$select=[a-zA-Z,]+&\$expand=manager\(\$select=costCode\)$/,
    );
    expect([...trackedProperties(ruleOf(inObject).needs)]).toContain('desk');
    expect([...trackedProperties(ruleOf(navigated).needs)]).toContain('manager');
  });

  it.each([
    [inObject, { desk: { number: '7' } }, true],
    [inObject, { desk: { number: '8' } }, false],
    [inObject, { desk: {} }, false],
    [inObject, {}, false],
    [navigated, { manager: { costCode: 'a1' } }, true],
    [navigated, { manager: { costCode: null } }, false],
    [navigated, { manager: {} }, false],
    [navigated, {}, false],
  ])('%s, answered %j, is %j', (source, answer, expected) => {
    expect(evaluate(source, seen(source, answer))).toBe(expected);
  });

  it.each([
    ['neither object nor navigation', inObject, {}],
    ['no navigation', navigated, {}],
    ['another property of the manager only', navigated, { manager: { id } }],
  ])('is undecided where %s was read', (_, source, properties) => {
    expect(evaluate(source, properties)).toBe('undecided');
  });

  it('appears in hints, and in the tests that a policy carries', () => {
    const reading = readMembershipRule('user.deskNumbr -eq "7"');

    expect(reading.valid ? '' : reading.error.hint).toBe('Did you mean user.deskNumber?');
    const { problems } = checkPolicy(`version: 1
rules: [{ name: a, when: '${inObject}', assign: [{ sku: EMS }] }]
tests: [{ user: { desk: { number: '7' } }, expect: { EMS: {} } }]`);
    expect(problems.map(({ code }) => code)).toEqual(['rule/extension']);
  });
});

describe('the parts of employeeOrgData', () => {
  it.each(['division', 'costCenter'])('%s is read with its object', (part) => {
    const source = `user.employeeOrgData.${part} -eq "CC101"`;

    expect([...ruleOf(source).needs.properties]).toEqual(['employeeOrgData']);
    expect(evaluate(source, seen(source, { employeeOrgData: { [part]: 'cc101' } }))).toBe(true);
    const alone = readMembershipRule(`user.${part} -eq "CC101"`);
    expect(alone.valid ? '' : alone.error.hint).toBe(
      `It is part of another property: user.employeeOrgData.${part}.`,
    );
  });
});
