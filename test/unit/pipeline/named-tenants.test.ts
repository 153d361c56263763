import { describe, expect, it } from '@jest/globals';
import { disturbances } from '../../support/named-tenants/disturb';
import { judgeDisturbance } from '../../support/named-tenants/judge';

/** test/long takes many more. */
const runs = 12;

describe('a tenant in which names change behind the policy’s back', () => {
  it.each(disturbances)('%s: takes nothing, gives nothing, and doctor names it', async (kind) => {
    const problems: string[] = [];
    for (let seed = 1; seed <= runs; seed++) problems.push(...(await judgeDisturbance(kind, seed)));

    expect(problems).toEqual([]);
  });
});
