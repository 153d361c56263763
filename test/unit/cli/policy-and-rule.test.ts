import { describe, expect, it } from '@jest/globals';
import type { Io } from '../../../cli/io';
import { runProgram } from '../../../cli/program';

const files: Record<string, string> = {
  'users.json': JSON.stringify([
    { id: 'u1', department: 'Sales', userPrincipalName: 'a@x.example' },
    { id: 'u2', department: 'IT' },
    { id: 'u3' },
  ]),
  'graph.json': JSON.stringify({ '@odata.context': 'x', value: [{ id: 'u1', department: 'Sales' }] }),
  'one.json': JSON.stringify({ id: 'u1', department: null, memberOf: ['g'] }),
  'rules.json': JSON.stringify([
    'user.department -eq "Sales"',
    { id: 'bad', rule: 'user.department -eq' },
    { id: 7, rule: 'user.employeeType -eq null' },
  ]),
  'broken.json': '{',
  'policy.yaml': `version: 1
rules:
  - { name: a, when: 'user.department -eq "Sales"', assign: [{ sku: EMS, disable: [INTUNE_A] }] }
tests:
  - { user: { department: Sales }, expect: { EMS: { off: [INTUNE_A] } } }
`,
  'failing.yaml': `version: 1
rules:
  - { name: a, assign: [{ sku: EMS }] }
tests:
  - { name: not for all, user: {}, expect: { EMS: null } }
`,
  'wrong.yaml': 'version: 1\nrules:\n  - { name: a, assign: [{ sku: EMS, disabel: [X] }] }\n',
  'skus.json': JSON.stringify({
    value: [
      {
        skuId: 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e',
        skuPartNumber: 'EMSPREMIUM',
        appliesTo: 'User',
        capabilityStatus: 'Enabled',
        servicePlans: [],
      },
    ],
  }),
};

async function run(...args: string[]) {
  let out = '';
  let errors = '';
  const io: Io = {
    print: (text) => void (out += text),
    complain: (text) => void (errors += text),
    readText: (path) => {
      const text = files[path];
      return text === undefined
        ? Promise.reject(Object.assign(new Error('no such file'), { code: 'ENOENT' }))
        : Promise.resolve(text);
    },
    now: () => Date.parse('2026-06-15T12:00:00Z'),
  };
  const code = await runProgram(args, io);
  return { code, out, errors, json: (): unknown => JSON.parse(out) };
}

describe('licenser rule match', () => {
  it('reports every rule of a file in order, a wrong one in its entry', async () => {
    const result = await run('rule', 'match', '--rules', 'rules.json', '--users', 'users.json', '--json');

    expect(result.code).toBe(0);
    expect(result.json()).toEqual([
      { rule: 'user.department -eq "Sales"', valid: true, warnings: [], matches: ['u1'], undecided: [] },
      {
        id: 'bad',
        rule: 'user.department -eq',
        valid: false,
        error: {
          message: 'Expected a value after -eq, found the end of the rule',
          line: 1,
          column: 20,
          hint: 'The rule stops too early.',
        },
        warnings: [],
        matches: [],
        undecided: [],
      },
      {
        id: 7,
        rule: 'user.employeeType -eq null',
        valid: true,
        warnings: [expect.stringContaining('does not paste into Entra')],
        matches: ['u1', 'u2', 'u3'],
        undecided: [],
      },
    ]);
  });

  it('takes an absent property for null, or leaves it undecided', async () => {
    const rule = ['rule', 'match', 'user.department -ne "Sales"', '--users', 'users.json', '--json'];

    expect((await run(...rule)).json()).toMatchObject([{ matches: ['u2', 'u3'], undecided: [] }]);
    expect((await run(...rule, '--absent', 'undecided')).json()).toMatchObject([
      { matches: ['u2'], undecided: ['u3'] },
    ]);
  });

  it('takes a rule that begins with -not, and Graph answers', async () => {
    const result = await run(
      'rule',
      'match',
      '-not (user.department -eq "Sales")',
      '--json',
      '--users',
      'graph.json',
    );

    expect(result).toMatchObject({ code: 0 });
    expect(result.json()).toMatchObject([
      { rule: '-not (user.department -eq "Sales")', valid: true, matches: [] },
    ]);
  });

  it('takes its time from --now', async () => {
    const rule = 'user.employeeHireDate -le system.now';
    files['hired.json'] = JSON.stringify([{ id: 'u', employeeHireDate: '2026-06-20T00:00:00Z' }]);

    const today = await run('rule', 'match', rule, '--users', 'hired.json', '--json');
    const later = await run(
      'rule',
      'match',
      rule,
      '--users',
      'hired.json',
      '--json',
      '--now',
      '2026-06-21T00:00:00Z',
    );

    expect(today.json()).toMatchObject([{ matches: [] }]);
    expect(later.json()).toMatchObject([{ matches: ['u'] }]);
  });

  it('ends with 1 for a single rule that is wrong, after printing it', async () => {
    const result = await run('rule', 'match', 'user.id -eq "x"', '--users', 'users.json', '--json');

    expect(result.code).toBe(1);
    expect(result.json()).toMatchObject([
      { valid: false, error: { hint: "Entra's rules call it user.objectId." } },
    ]);
  });

  it.each([
    [['rule', 'match', '--users', 'users.json']],
    [['rule', 'match', 'user.city -eq "x"', '--rules', 'rules.json', '--users', 'users.json']],
    [['rule', 'match', 'user.city -eq "x"']],
    [['rule', 'match', 'user.city -eq "x"', '--users', 'nowhere.json']],
    [['rule', 'match', 'user.city -eq "x"', '--users', 'broken.json']],
    [['rule', 'match', 'user.city -eq "x"', '--users', 'users.json', '--absent', 'maybe']],
    [['rule', 'match', 'user.city -eq "x"', '--users', 'users.json', '--now', 'soon']],
    [['rule', 'match', '--rules', 'skus.json', '--users', 'users.json']],
    [['rule', 'explain', 'user.city -eq "x"', '--users', 'users.json', '--user', 'u1', '--target', 'local']],
    [['rule', 'explain', 'user.city -eq "x"', '--user', 'a@x.example', '--cloud-file', 'nowhere.json']],
    [['rule', 'mtach']],
    [['rule']],
    [['policy', 'check']],
    [['policy', 'check', 'nowhere.yaml']],
    [['policy', 'check', 'policy.yaml', '--target', 'moon']],
  ])('ends with 2 for wrong usage: %j', async (args) => {
    const result = await run(...args);

    expect(result.code).toBe(2);
    expect(result.errors).not.toBe('');
    expect(result.out).toBe('');
  });
});

describe('licenser rule explain', () => {
  const rule = 'user.department -eq "Sales" -or -not (user.city -ne null)';

  it('shows clauses, results and values as text', async () => {
    const { code, out } = await run('rule', 'explain', rule, '--user', 'one.json');

    expect(code).toBe(0);
    expect(out.split('\n').slice(0, 4)).toEqual([
      `true       ${rule}`,
      'false        user.department -eq "Sales"   <- user.department is null; an empty attribute does not fulfil -eq',
      'true         -not (user.city -ne null)',
      expect.stringContaining('false          user.city -ne null'),
    ]);
  });

  it('shows them as JSON, with what was not read', async () => {
    const { json } = await run(
      'rule',
      'explain',
      rule,
      '--user',
      'one.json',
      '--absent',
      'undecided',
      '--json',
    );

    expect(json()).toMatchObject({
      valid: true,
      result: 'undecided',
      explanation: {
        kind: 'or',
        parts: [
          { result: false, property: 'user.department', value: null },
          {
            kind: 'not',
            parts: [{ result: 'undecided', property: 'user.city', because: 'it was not read' }],
          },
        ],
      },
    });
  });

  it('finds a user by id or name in a file of users', async () => {
    const byName = await run(
      'rule',
      'explain',
      rule,
      '--users',
      'users.json',
      '--user',
      'A@x.example',
      '--json',
    );

    expect(byName.json()).toMatchObject({ result: true });
    expect((await run('rule', 'explain', rule, '--users', 'users.json', '--user', 'u9')).code).toBe(2);
    expect((await run('rule', 'explain', rule, '--user', 'users.json')).code).toBe(2);
  });

  it('shows each element of a collection', async () => {
    files['plans.json'] = JSON.stringify({ id: 'u', otherMails: ['a@x.example', 'b@y.example'] });
    const { out } = await run(
      'rule',
      'explain',
      'user.otherMails -any (_ -endsWith "y.example")',
      '--user',
      'plans.json',
    );

    expect(out).toContain('false        "a@x.example"');
    expect(out).toContain('true         "b@y.example"');
  });

  it('ends with 1 for a rule that is wrong', async () => {
    expect((await run('rule', 'explain', 'user.x -eq 1', '--user', 'one.json', '--json')).code).toBe(1);
  });
});

describe('licenser policy', () => {
  it('checks a file, and says that names were not checked', async () => {
    const { code, out } = await run('policy', 'check', 'policy.yaml');

    expect(code).toBe(0);
    expect(out).toContain('policy.yaml: valid, 0 errors, 0 warnings');
    expect(out).toContain('were not checked');
  });

  it('checks names against a catalogue', async () => {
    const { code, json } = await run('policy', 'check', 'policy.yaml', '--catalogue', 'skus.json', '--json');

    expect(code).toBe(1);
    expect(json()).toMatchObject({
      valid: false,
      namesChecked: true,
      problems: [
        { code: 'policy/unknown-sku', line: 3, column: 69, file: 'policy.yaml' },
        { code: 'policy/unknown-sku', path: 'tests.0.expect.EMS' },
      ],
    });
  });

  it('prints problems in the form editors understand', async () => {
    const { code, out } = await run('policy', 'check', 'wrong.yaml');

    expect(code).toBe(1);
    expect(out).toContain(
      'wrong.yaml:3:37: error: Unknown key "disabel" [policy/unknown-key]\n    Did you mean "disable"?',
    );
  });

  it('runs the tests of a policy', async () => {
    const fine = await run('policy', 'test', 'policy.yaml', '--json');
    const failing = await run('policy', 'test', 'failing.yaml', '--json');

    expect(fine).toMatchObject({ code: 0 });
    expect(fine.json()).toMatchObject({ passed: 1, failed: 0 });
    expect(failing).toMatchObject({ code: 1 });
    expect(failing.json()).toMatchObject({
      failed: 1,
      tests: [{ name: 'not for all', passed: false, differences: ['EMS is granted, and should not be'] }],
    });
    expect((await run('policy', 'test', 'wrong.yaml')).code).toBe(1);
  });

  it('runs them with the SKUs of a tenant, where plans are known', async () => {
    files['groups.yaml'] = `version: 1
rules:
  - { name: a, memberOf: [SG-A], assign: [{ sku: EMS, enable: [AAD_PREMIUM] }] }
tests:
  - { user: { memberOf: [sg-a] }, expect: { EMS: { off: [INTUNE_A] } } }
  - { user: { memberOf: [sg-a] }, expect: { EMS: { off: [] } } }
  - { user: { memberOf: [SG-B] }, expect: { EMS: null } }
`;
    files['ems.json'] = JSON.stringify([
      {
        skuId: 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e',
        skuPartNumber: 'EMS',
        servicePlans: [
          { servicePlanId: 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5', servicePlanName: 'INTUNE_A' },
          { servicePlanId: '41781fb2-bc02-4b7c-bd55-b576c07bb09d', servicePlanName: 'AAD_PREMIUM' },
        ],
      },
    ]);
    const { json } = await run('policy', 'test', 'groups.yaml', '--catalogue', 'ems.json', '--json');

    expect(json()).toMatchObject({
      tests: [
        { passed: true },
        { passed: false, differences: ['EMS: INTUNE_A is off, and should be on'] },
        { passed: true },
      ],
    });
  });

  it('prints the JSON Schema', async () => {
    const { code, json } = await run('policy', 'schema');

    expect(code).toBe(0);
    expect(json()).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['version', 'rules'],
      properties: { mode: { enum: ['enforce', 'observe'] }, rules: { type: 'array' } },
    });
  });
});

describe('--help', () => {
  it.each([
    [[]],
    [['rule']],
    [['rule', 'match']],
    [['rule', 'explain']],
    [['policy', 'check']],
    [['policy', 'test']],
    [['policy', 'schema']],
  ])('of %j ends with 0', async (words) => {
    const { code, out } = await run(...words, '--help');

    expect(code).toBe(0);
    expect(out).toContain('Usage: licenser');
  });
});
