import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const root = join(__dirname, '..', '..', '..');

type Report = {
  readonly killed: number;
  readonly survived: number;
  readonly equivalent: number;
  readonly unjudged: number;
  readonly score: number | null;
  readonly rooms: Readonly<Record<string, { readonly killed: number; readonly survived: number }>>;
  readonly survivors: readonly { readonly file: string; readonly line: number; readonly was: string }[];
  readonly seconds: number;
};

function mutate(...args: readonly string[]): Report {
  const { stdout, status, stderr } = spawnSync(
    process.execPath,
    [join(root, 'scripts', 'mutation.mjs'), ...args, '--json'],
    { encoding: 'utf8', maxBuffer: 2 ** 26 },
  );
  expect([status, stderr.includes('Error:')]).toEqual([0, false]);
  return JSON.parse(stdout) as Report;
}
const workTree = () => execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' });

it('mutants of a file are judged by its tests, the work tree stays as it is, and a second run judges none again', () => {
  const before = workTree();

  const first = mutate('shared/quota', '--sample', '12', '--seed', '3');
  const second = mutate('shared/quota', '--sample', '12', '--seed', '3');

  expect(first.killed + first.survived + first.equivalent).toBe(12);
  expect(first.killed).toBeGreaterThan(6);
  expect(first.rooms['shared/quota']).toMatchObject({ killed: first.killed, survived: first.survived });
  expect(first.survivors).toHaveLength(first.survived);
  expect(first.score).toBeCloseTo(first.killed / (first.killed + first.survived), 3);
  expect({ ...second, seconds: 0 }).toEqual({ ...first, seconds: 0 });
  expect(workTree()).toBe(before);
});

it('a budget that is over leaves mutants without a verdict, and is no failure', () => {
  const { killed, survived, equivalent, unjudged } = mutate(
    ...['shared/quota', '--sample', '5', '--seed', '4', '--budget', '0'],
  );

  // Verdicts of earlier runs are kept, such as those of the test above.
  expect(unjudged).toBeGreaterThan(0);
  expect(killed + survived + equivalent + unjudged).toBe(5);
});
