import { describe, expect, it } from '@jest/globals';
import { files, run } from './support/policy-files';

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
