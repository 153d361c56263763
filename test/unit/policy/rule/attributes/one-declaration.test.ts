import { describe, expect, it, jest } from '@jest/globals';
import { queryOf, toDirectoryUser } from '../../../../../shared/graph/user-read';
import { User } from '../../../../../shared/graph/answer-schemas';
import { checkPolicy } from '../../../../../shared/policy/check-policy';
import { readMembershipRule } from '../../../../../shared/policy/rule/membership-rule';
import { ownProperties } from '../../../../../shared/words/needs';

// Two properties that no version has, each by one declaration and nothing else: one inside an object that Graph
// gives whole, one of the user that a navigation leads to.
jest.mock('../../../../../shared/policy/rule/attributes/user-properties', () => {
  const actual = jest.requireActual<
    typeof import('../../../../../shared/policy/rule/attributes/user-properties')
  >('../../../../../shared/policy/rule/attributes/user-properties');
  return {
    userProperties: [
      ...actual.userProperties,
      { name: 'deskNumber', path: 'desk/number', inEntra: false },
      { name: 'manager.costCode', path: 'manager/costCode', readBy: 'expand', inEntra: false },
    ],
  };
});

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

  it('is asked for: $select of its object, $expand of its navigation', () => {
    expect(queryOf(ruleOf(inObject).needs)).toBe('$select=id,usageLocation,licenseAssignmentStates,desk');
    expect(queryOf(ruleOf(navigated).needs)).toBe(
      '$select=id,usageLocation,licenseAssignmentStates&$expand=manager($select=costCode)',
    );
    expect(ownProperties(ruleOf(navigated).needs.properties)).toEqual([]);
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
