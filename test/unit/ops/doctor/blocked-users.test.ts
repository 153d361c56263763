import { describe, expect, it } from '@jest/globals';
import { checkUsers } from '../../../../shared/ops/doctor/check-users';
import type { Attention } from '../../../../shared/store/ports/ops/attention';
import { userId } from '../../../support/user-states';

const counted = (blocked: number) => async () => ({ all: 10, lost: 0, outcomes: { blocked } });
const blocked = (
  number: number,
  code: 'usage-location/missing' | 'plans/conflict',
  text = code,
): Attention => ({
  userId: userId(number),
  userPrincipalName: `user${String(number)}@contoso.com`,
  since: 0,
  skus: [],
  reason: { code, text },
});
async function* list(...users: Attention[]) {
  yield* users;
}

describe('users who are blocked, in doctor', () => {
  it('are named by reason, the most common one first, with what to do', async () => {
    const findings = await checkUsers(
      counted(3),
      list(
        blocked(1, 'plans/conflict', 'Switch one off.' as never),
        blocked(2, 'usage-location/missing', 'Set the country.' as never),
        blocked(3, 'usage-location/missing'),
      ),
    );

    expect(findings.slice(2)).toEqual([
      {
        name: 'users',
        state: 'warn',
        text: '2 users are blocked (usage-location/missing): user2@contoso.com, user3@contoso.com',
        todo: 'Set the country.',
      },
      {
        name: 'users',
        state: 'warn',
        text: '1 user is blocked (plans/conflict): user1@contoso.com',
        todo: 'Switch one off.',
      },
    ]);
  });

  it('are counted beyond the first five of a reason', async () => {
    const users = Array.from({ length: 7 }, (_, index) => blocked(index, 'plans/conflict'));

    const [, , finding] = await checkUsers(counted(7), list(...users));

    expect(finding?.text).toContain('7 users are blocked');
    expect(finding?.text).toMatch(/user4@contoso.com and 2 more$/);
  });

  it('are not sent to the list of failures, which is empty', async () => {
    const [, finding] = await checkUsers(counted(1), list(blocked(1, 'plans/conflict')));

    expect(finding).toMatchObject({ text: '1 blocked', todo: 'Who is blocked stands below by reason.' });
  });

  it('have their id where no name is known', async () => {
    const [, , finding] = await checkUsers(
      counted(1),
      list({ ...blocked(1, 'plans/conflict'), userPrincipalName: null, reason: null }),
    );

    expect(finding?.text).toBe(`1 user is blocked (unknown): ${userId(1)}`);
    expect(finding?.todo).toContain('licenser user show');
  });
});
