import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeBenchUsers, makePolicyRules } from '../../bench/samples/rule-samples';

const root = join(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'licenser-rules-'));
const inFolder = (name: string) => join(folder, name);

/** The command as `npm run -s licenser` starts it, its output through a pipe. */
function licenser(...args: string[]) {
  const run = spawnSync(
    process.execPath,
    [join(root, 'scripts/run-built.mjs'), 'dist/cli/main.js', ...args],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    },
  );
  return { code: run.status, out: run.stdout, errors: run.stderr };
}

beforeAll(() => {
  const users = makeBenchUsers(1000, 1).map((user, index) => ({ id: `user-${String(index)}`, ...user }));
  writeFileSync(inFolder('users.json'), JSON.stringify({ value: users }));
  writeFileSync(inFolder('rules.json'), JSON.stringify([...makePolicyRules(299), 'user.id -eq "x"']));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('licenser rule match, as a process', () => {
  it('evaluates 300 rules over 1,000 users', () => {
    const { code, out } = licenser(
      'rule',
      'match',
      '--rules',
      inFolder('rules.json'),
      '--users',
      inFolder('users.json'),
      '--json',
    );

    const entries = JSON.parse(out) as { valid: boolean; matches: string[] }[];
    expect(code).toBe(0);
    expect(entries).toHaveLength(300);
    expect(entries.filter((entry) => !entry.valid)).toHaveLength(1);
    expect(entries.reduce((sum, entry) => sum + entry.matches.length, 0)).toBeGreaterThan(1000);
  });

  it('sets its exit code', () => {
    const users = ['--users', inFolder('users.json')];

    expect(licenser('rule', 'match', 'user.city -eq "Oslo"', ...users).code).toBe(0);
    expect(licenser('rule', 'match', 'user.town -eq "Oslo"', ...users).code).toBe(1);
    expect(licenser('rule', 'match', ...users)).toMatchObject({ code: 2, out: '' });
    expect(licenser('policy', 'check', 'policy/licensing.yaml').code).toBe(0);
    expect(licenser('policy', 'test', 'policy/licensing.yaml').code).toBe(0);
  });
});
