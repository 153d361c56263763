import { describe, expect, it } from '@jest/globals';
import { judgeGuards } from '../../../shared/licensing/guards/guards';
import { checkPolicy } from '../../../shared/policy/check-policy';
import { loadPolicy } from '../../../shared/policy/file/load-policy';
import { findApprovalReasons } from '../../../shared/ops/rollouts/approval-reasons';

const base = 'version: 1\nrules:\n  - { name: a, assign: [{ sku: EMS }] }\n';
const load = (more: string) => {
  const { policy } = loadPolicy(base + more);
  if (policy === null) throw new Error('The policy is not valid');
  return policy;
};
const remove = 'removal: { mode: remove }\n';
const allowed = (more: string, usersWithLedger: number): number => {
  const { guards } = load(more);
  for (let reductions = 0; reductions < 10_000; reductions++) {
    const counters = { usersWithLedger, reductions, changes: 0 };
    if (judgeGuards(guards, counters, { reduction: true, change: true }).reductions !== null)
      return reductions;
  }
  return Infinity;
};

describe('the guard of a policy that names none', () => {
  it.each<[string, string, number, number]>([
    ['25 users of a small tenant', remove, 100, 25],
    ['2 % of a large one', remove, 10_000, 200],
    ['25 where 2 % is less', remove, 1_000, 25],
    ['25 where no user is served yet', remove, 0, 25],
    ['whole users', remove, 1_299, 25],
    ['the first that is more', remove, 1_350, 27],
    ['nothing is held with none', `${remove}guards: none\n`, 100, Infinity],
    ['nothing is held where nothing is removed', '', 100, Infinity],
    ['an own guard counts alone', `${remove}guards: { maxReductions: { count: 3 } }\n`, 100, 3],
    [
      'an own guard of changes counts alone',
      `${remove}guards: { maxChanges: { count: 3 } }\n`,
      100,
      Infinity,
    ],
  ])('%s', (_what, more, users, most) => {
    expect(allowed(more, users)).toBe(most);
  });

  it('does not change the hash of a stored policy', () => {
    expect(load(remove).hash).toBe(load(`${remove}guards: {}\n`).hash);
    expect(load(`${remove}guards: none\n`).hash).not.toBe(load(remove).hash);
  });

  it('is said by the check, and what stands in its place is not', () => {
    const codes = (more: string) => checkPolicy(base + more).problems.map(({ code }) => code);

    expect(codes(remove)).toEqual(['policy/default-guard']);
    expect(codes(`${remove}guards: none\n`)).toEqual(['policy/no-guard']);
    expect(codes(`${remove}guards: { maxReductions: { count: 3 } }\n`)).toEqual([]);
  });

  it.each<[string, string, string, readonly string[]]>([
    ['dropped by none', remove, `${remove}guards: none\n`, ['guard/loosened']],
    ['replaced by an own guard', remove, `${remove}guards: { maxReductions: { count: 900 } }\n`, []],
    [
      'in the place of an own guard',
      `${remove}guards: { maxReductions: { count: 3 } }\n`,
      remove,
      ['guard/loosened'],
    ],
  ])('%s: asks a second person only where a choice is dropped', async (_what, before, after, codes) => {
    const plan = { guards: { usersWithLedger: 10, reductions: 0, changes: 0 }, lines: [] } as never;

    const reasons = await findApprovalReasons({} as never, plan, load(after), load(before));

    expect(reasons.map(({ code }) => code)).toEqual(codes);
  });
});
