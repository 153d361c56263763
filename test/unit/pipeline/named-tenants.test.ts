import { describe, expect, it } from '@jest/globals';
import { disturbances } from '../../support/named-tenants/disturb';
import { judgeDisturbance } from '../../support/named-tenants/judge';

/** test/long takes many more. */
const runs = 8;

describe('a tenant in which names change behind the policy’s back', () => {
  it.each(disturbances)('%s: takes nothing, gives nothing, and doctor names it', async (kind) => {
    const problems: string[] = [];
    for (let seed = 1; seed <= runs; seed++) problems.push(...(await judgeDisturbance(kind, seed)));

    expect(problems).toEqual([]);
  });
});

describe('tenants in which it once went wrong', () => {
  const nothingOn = ['delete a group', 'make a deleted group anew', 'add a plan of the name'] as const;
  const namesake = ['give a plan the name of another'] as const;

  it.each<[number, readonly (typeof disturbances)[number][], string]>([
    ...[1038, 1056, 1184, 1200, 1217, 1241].map((seed): [number, typeof nothingOn, string] => [
      seed,
      nothingOn,
      'no license without a plan',
    ]),
    ...[1062, 1162, 1300, 1410, 1478, 1583, 1593].map((seed): [number, typeof namesake, string] => [
      seed,
      namesake,
      'doctor names who shares a name',
    ]),
  ])('seed %p: %p: %s', async (seed, kinds) => {
    const problems: string[] = [];
    for (const kind of kinds) problems.push(...(await judgeDisturbance(kind, seed)));

    expect(problems).toEqual([]);
  });
});
