import { describe, expect, it } from '@jest/globals';
import type { UserId } from '../../../../shared/kernel/ids';
import { makeCatalogue } from '../../../../shared/licensing/catalogue/catalogue';
import { listExceptions } from '../../../../shared/ops/exceptions/list-exceptions';
import type { Exception } from '../../../../shared/words/exception';
import { userId, userState } from '../../../support/user-states';

const now = 100_000;
const frozen = (at: number, until: number | null): Exception => {
  const origin = { at, until, by: 'ada', why: 'asked' };
  return { ...origin, skus: [], frozen: origin };
};

/** Ended, young; held, old; held, young; ended, old. */
const stored: readonly (readonly [number, Exception])[] = [
  [1, frozen(40_000, 90_000)],
  [2, frozen(10_000, null)],
  [3, frozen(30_000, 200_000)],
  [4, frozen(20_000, 80_000)],
];

function makeServices(read: UserId[] = []) {
  return {
    clock: { now: () => now },
    catalogue: { read: async () => ({ catalogue: makeCatalogue([]) }) },
    users: {
      async *exceptions() {
        for (const [number, exception] of stored) yield { userId: userId(number), exception };
      },
      read: async (id: UserId) => {
        read.push(id);
        return { userId: id, state: userState({ userPrincipalName: `${id.slice(-2)}@contoso.com` }) };
      },
    },
  } as unknown as Parameters<typeof listExceptions>[0];
}
const order = [3, 2, 1, 4].map(userId);

describe('the exceptions of all users', () => {
  it('come with those that hold first, and of both the latest first', async () => {
    const { items, total } = await listExceptions(makeServices());

    expect(items.map(({ userId: id, isOver }) => [id, isOver])).toEqual(
      order.map((id, index) => [id, index >= 2]),
    );
    expect(total).toBe(4);
  });

  it('have the names of the users of the page, and only those rows are read', async () => {
    const read: UserId[] = [];

    const { items, total } = await listExceptions(makeServices(read), { skip: 1, limit: 2 });

    const page = order.slice(1, 3);
    expect(items.map(({ userPrincipalName }) => userPrincipalName)).toEqual(
      page.map((id) => `${id.slice(-2)}@contoso.com`),
    );
    expect([...read].sort()).toEqual([...page].sort());
    expect(total).toBe(4);
  });
});
