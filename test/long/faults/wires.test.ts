import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { projectRoot } from '../../support/local-cloud';

it('days over real wires end as the policy says, with nothing lost, taken wrongly or done twice', () => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(projectRoot, 'dist', 'faults', 'main.js'), '--wires', '--runs', '3', '--seed', '1', '--json'],
    { encoding: 'utf8' },
  );
  expect([status, stderr]).toEqual([0, expect.stringContaining('3 of 3 runs')]);
  const result = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  expect(result).toMatchObject({ runs: 3, lost: 0, wronglyRemoved: 0, doubled: 0, failedSeeds: [] });
  expect(Number(result['writes'])).toBeGreaterThan(5);
}, 1_800_000);
