import { describe, expect, it } from '@jest/globals';
import { entitleByReference } from '../../../../shared/policy/policy-tests/entitle-by-reference';
import { loadPolicy } from '../../../../shared/policy/file/load-policy';
import { runPolicyTests } from '../../../../shared/policy/policy-tests/run-policy-tests';

const now = Date.parse('2026-06-15T12:00:00Z');

/** Differences of one test case under rules. */
function differences(rules: string, test: string, more = ''): readonly string[] {
  const { policy, problems } = loadPolicy(`version: 1\n${more}\nrules:\n${rules}\ntests:\n  - ${test}\n`);
  if (policy === null) throw new Error(JSON.stringify(problems));
  return runPolicyTests(policy, entitleByReference, now)[0]?.differences ?? ['no test'];
}

describe('tests in a policy', () => {
  const sales = `  - { name: a, when: 'user.department -eq "Sales"', assign: [{ sku: EMS, disable: [INTUNE_A] }] }`;

  it.each([
    ['holds', '{ user: { department: sales }, expect: { EMS: { off: [intune_a] } } }', []],
    [
      'a plan is on',
      '{ user: { department: Sales }, expect: { EMS: { off: [X, INTUNE_A] } } }',
      ['EMS: X is on, and should be off'],
    ],
    [
      'a plan is off',
      '{ user: { department: Sales }, expect: { EMS: { off: [] } } }',
      ['EMS: INTUNE_A is off, and should be on'],
    ],
    [
      'granted',
      '{ user: { department: Sales }, expect: { EMS: null } }',
      ['EMS is granted, and should not be'],
    ],
    ['not granted', '{ user: { department: IT }, expect: { EMS: {} } }', ['EMS is not granted']],
    ['plans not looked at', '{ user: { department: Sales }, expect: { EMS: {}, SPE_E5: null } }', []],
  ])('%s', (_what, test, expected) => {
    expect(differences(sales, test)).toEqual(expected);
  });

  it('leaves a plan on that any rule leaves on, unless a rule is without it', () => {
    const both = `${sales}\n  - { name: b, when: 'user.city -eq "Oslo"', assign: [{ sku: EMS }] }`;
    const user = 'user: { department: Sales, city: Oslo }';

    expect(differences(both, `{ ${user}, expect: { EMS: { off: [] } } }`)).toEqual([]);
    const without = `${both}\n  - { name: c, when: 'user.city -eq "Oslo"', without: [INTUNE_A] }`;
    expect(differences(without, `{ ${user}, expect: { EMS: { off: [INTUNE_A] } } }`)).toEqual([]);
  });

  it('knows groups by name and by id, and the best of an exclusive group', () => {
    const rules =
      '  - { name: a, memberOf: [SG-A], assign: [{ sku: E3 }] }\n  - { name: b, memberOf: [8a256a2b-b617-496d-b51b-e76466e88db0], assign: [{ sku: E5 }] }';
    const test =
      '{ user: { memberOf: [sg-a, 8A256A2B-b617-496d-b51b-e76466e88db0] }, expect: { E5: {}, E3: null } }';

    expect(differences(rules, test, 'exclusive: [[E5, E3]]')).toEqual([]);
  });

  it('gives a test its own time', () => {
    const rules = `  - { name: a, when: 'user.employeeHireDate -le system.now', assign: [{ sku: E3 }] }`;
    const user = 'user: { employeeHireDate: "2026-07-01T00:00:00Z" }';

    expect(differences(rules, `{ ${user}, expect: { E3: null } }`)).toEqual([]);
    expect(differences(rules, `{ now: "2026-07-02T00:00:00Z", ${user}, expect: { E3: {} } }`)).toEqual([]);
  });

  it('grants nothing outside the scope', () => {
    const test = '{ user: { department: Sales, userType: Guest }, expect: { EMS: null } }';

    expect(differences(sales, test, `scope: { when: 'user.userType -eq "Member"' }`)).toEqual([]);
  });
});
