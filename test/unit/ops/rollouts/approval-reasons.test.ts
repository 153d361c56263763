import { expect, it } from '@jest/globals';
import type { Preview } from '../../../../shared/licensing/preview/preview';
import { findApprovalReasons } from '../../../../shared/ops/rollouts/approval-reasons';
import type { Limit, Policy } from '../../../../shared/policy/policy';

const none = { maxReductions: null, maxChanges: null };
const policyWith = (guards: Partial<Record<'maxReductions' | 'maxChanges', Limit>>) =>
  ({ guards: { ...none, ...guards } }) as Policy;
const planWith = (reductions: number, changes: number) =>
  ({ guards: { usersWithLedger: 100, reductions, changes }, lines: [] }) as unknown as Preview;
const users = { users: { list: async function* () {} } } as never;

const codes = async (plan: Preview, candidate: Policy, active: Policy) =>
  (await findApprovalReasons(users, plan, candidate, active)).map(({ code }) => code);

it.each([
  ['drops', {}],
  ['raises the number of', { maxReductions: { count: 500 } }],
  ['raises the percentage of', { maxReductions: { count: 5, percent: 100 } }],
])('a candidate that %s the guard of the active policy needs a second person', async (_what, guards) => {
  const active = policyWith({ maxReductions: { count: 5, percent: 2 } });

  expect(await codes(planWith(90, 90), policyWith(guards as never), active)).toEqual([
    'guard/reductions',
    'guard/loosened',
  ]);
  expect(await codes(planWith(0, 0), policyWith(guards as never), active)).toEqual(['guard/loosened']);
});

it('a candidate with the same or narrower guards runs at once while it stays within both', async () => {
  const active = policyWith({ maxReductions: { count: 5 }, maxChanges: { percent: 20 } });

  expect(await codes(planWith(5, 20), active, active)).toEqual([]);
  expect(
    await codes(
      planWith(3, 20),
      policyWith({ ...active.guards, maxReductions: { count: 2 } } as never),
      active,
    ),
  ).toEqual(['guard/reductions']);
});
