import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadPolicy } from '../../../../shared/policy/file/load-policy';
import { fuzzPolicyFile } from '../../../support/fuzz/policy-fuzz';

const example = readFileSync(join(__dirname, '../../../../policy/complete.yaml'), 'utf8');
const minimal = 'version: 1\nrules:\n  - name: all\n    assign: [{ sku: EMS }]\n';
const errorsOf = (text: string) =>
  loadPolicy(text).problems.filter((problem) => problem.severity === 'error');

describe('loadPolicy', () => {
  it('reads the example policy', () => {
    const { policy, problems } = loadPolicy(example, { file: 'licensing.yaml' });

    expect(problems).toEqual([]);
    expect(policy).toMatchObject({
      mode: 'enforce',
      usageLocation: { from: 'country', default: 'NL' },
      exclusive: [['SPE_E5', 'SPE_E3', 'SPE_F1']],
      adopt: ['EMS'],
      removal: { mode: 'remove', graceMs: 30 * 86_400_000 },
      guards: { maxReductions: { count: 25, percent: 2 }, maxChanges: { percent: 20 } },
    });
    expect(policy?.rules[0]?.assign[0]).toEqual({
      sku: 'EMS',
      plans: { kind: 'disable', plans: ['INTUNE_A'] },
      fallback: [],
      priority: 0,
      newPlans: 'on',
    });
    expect(policy?.rules[1]).toMatchObject({
      when: null,
      memberOf: ['SG-Engineering'],
      assign: [{ sku: 'SPE_E5', fallback: ['SPE_E3'], priority: 10, newPlans: 'off' }],
      without: ['YAMMER_ENTERPRISE'],
    });
    expect(policy?.tests).toHaveLength(6);
  });

  it('fills in the defaults', () => {
    const { policy } = loadPolicy(minimal);

    expect(policy).toMatchObject({
      mode: 'enforce',
      scope: null,
      usageLocation: null,
      exclusive: [],
      adopt: [],
      removal: { mode: 'keep', graceMs: 30 * 86_400_000 },
      guards: { maxReductions: null, maxChanges: null },
      prices: {},
      tests: [],
    });
    expect(policy?.rules[0]).toMatchObject({ when: null, memberOf: [], without: [] });
  });

  it('names exactly what must be read', () => {
    const needs = loadPolicy(example).policy?.needs;

    expect([...(needs?.properties ?? [])].sort()).toEqual([
      'accountEnabled',
      'country',
      'department',
      'jobTitle',
      'userType',
    ]);
    expect(needs).toMatchObject({ directGroups: false, transitiveGroups: true });
    expect([...(loadPolicy(minimal).policy?.needs.properties ?? ['none'])]).toEqual([]);
  });

  it('identifies a policy by its content, not by its layout', () => {
    const hash = (text: string) => loadPolicy(text).policy?.hash;

    expect(hash(minimal)).toMatch(/^[0-9a-f]{64}$/);
    expect(hash('# note\nrules: [{ assign: [{ "sku": "EMS" }], name: all }]\nversion: 1')).toBe(
      hash(minimal),
    );
    expect(hash(`${minimal}mode: enforce\n`)).toBe(hash(minimal));
    expect(hash(minimal.replace('EMS', 'EMSPREMIUM'))).not.toBe(hash(minimal));
  });

  it('reports several problems at once, each with its place', () => {
    const text = [
      'version: 1',
      'mod: observe',
      'rules:',
      '  - name: sales',
      '    when: \'user.departmnt -eq "Sales"\'',
      '    assign:',
      '      - { sku: EMS, disabel: [INTUNE_A] }',
      '  - name: sales',
      '    assign: EMS',
      'removal: { mode: purge }',
    ].join('\n');

    expect(loadPolicy(text).policy).toBeNull();
    expect(errorsOf(text).map(({ line, column, code, hint }) => [line, column, code, hint])).toEqual([
      [2, 1, 'policy/unknown-key', 'Did you mean "mode"?'],
      [5, 12, 'rule/property', 'Did you mean user.department?'],
      [7, 21, 'policy/unknown-key', 'Did you mean "disable"?'],
      [9, 13, 'policy/type', 'Write it in brackets, [A, B], or one item per line after a dash.'],
      [10, 18, 'policy/value', undefined],
    ]);
  });

  it.each([
    ['a missing version', 'rules:\n  - { name: a, assign: [{ sku: EMS }] }', 'policy/missing'],
    ['a version of the future', minimal.replace('1', '2'), 'policy/value'],
    ['no rules', 'version: 1\nrules: []', 'policy/value'],
    ['an empty file', '', 'policy/type'],
    ['a list', '- a', 'policy/type'],
    ['broken YAML', 'version: 1\nrules: [', 'policy/yaml'],
    ['an alias without an anchor', 'version: 1\nrules: *none\n', 'policy/yaml'],
    [
      'aliases that multiply',
      `a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n`,
      'policy/yaml',
    ],
    ['two documents', `${minimal}---\n${minimal}`, 'policy/yaml'],
    ['a key given twice', `${minimal}version: 1\n`, 'policy/yaml'],
    ['two rules of one name', `${minimal}  - { name: all, assign: [{ sku: E3 }] }`, 'policy/duplicate-rule'],
    ['disable beside enable', minimal.replace('EMS', 'EMS, disable: [A], enable: [B]'), 'policy/value'],
    ['a rule that does nothing', 'version: 1\nrules: [{ name: a }]', 'policy/value'],
    ['a grace that is no time', `${minimal}removal: { mode: remove, grace: soon }`, 'policy/value'],
    ['a default that is no country', `${minimal}usageLocation: { default: XX }`, 'policy/value'],
    ['an empty guard', `${minimal}guards: { maxChanges: {} }`, 'policy/value'],
    [
      'a rule for devices',
      minimal.replace('assign', 'when: device.deviceId -ne null\n    assign'),
      'rule/property',
    ],
    [
      'a test with an unknown key',
      `${minimal}tests: [{ user: {}, expect: { EMS: { of: [] } } }]`,
      'policy/unknown-key',
    ],
  ])('refuses %s', (_what, text, code) => {
    expect(loadPolicy(text).policy).toBeNull();
    expect(errorsOf(text).map((problem) => problem.code)).toContain(code);
  });

  it('keeps on and off words, as YAML 1.2 has them', () => {
    const { policy } = loadPolicy(minimal.replace('EMS', 'EMS, newPlans: off'));

    expect(policy?.rules[0]?.assign[0]?.newPlans).toBe('off');
  });

  it.each([
    ['plain', '    when: user.city -eq "Oslo" -and user.nope -eq "x"', 3, 37],
    ['in single quotes', "    when: 'user.city -eq ''Oslo'' -and user.nope -eq \"x\"'", 3, 40],
    ['in double quotes', '    when: "user.city -eq \\"Oslo\\" -and user.nope -eq null"', 3, 40],
    ['a block', '    when: |\n      user.city -eq "Oslo"\n      -and user.nope -eq "x"', 5, 12],
    ['a folded block', '    when: >-\n      user.city -eq "Oslo"\n      -and user.nope -eq "x"', 5, 12],
    ['plain over two lines', '    when: user.city -eq "Oslo"\n      -and user.nope -eq "x"', 4, 12],
  ])('points into a rule that is written %s', (_how, when, line, column) => {
    const text = `rules:\n  - name: a\n${when}\n    assign: [{ sku: EMS }]\nversion: 1\n`;

    expect(errorsOf(text)).toMatchObject([{ code: 'rule/property', line, column, path: 'rules.0.when' }]);
  });

  it('makes a regular expression that cannot be run an error, though the rule is valid', () => {
    const text = minimal.replace('assign', 'when: \'user.city -match "(?(?=a)b|c)"\'\n    assign');

    expect(errorsOf(text)).toMatchObject([{ code: 'rule/regex-not-run', line: 4 }]);
  });

  // test/long/policy-fuzz.test.ts reads twenty thousand.
  it('never throws, whatever the text', () => {
    expect(fuzzPolicyFile(example, 200, 5)).toEqual([]);
  });

  it('hands on what rules warn of', () => {
    const { policy, problems } = loadPolicy(
      minimal.replace('assign', 'when: user.employeeType -eq "Contractor"\n    assign'),
    );

    expect(policy).not.toBeNull();
    expect(problems).toMatchObject([{ severity: 'warning', code: 'rule/extension', line: 4, column: 11 }]);
  });
});
