import { expect, it } from '@jest/globals';
import { LateUsers, findOverdue } from '../../../../shared/ops/levels/find-overdue';
import type { Services } from '../../../../shared/pipeline/services';
import { toAttention } from '../../../../shared/pipeline/observed/note-attention';
import type { UserState } from '../../../../shared/words/user-state';
import { userId, userState } from '../../../support/user-states';

const now = 10_000_000;
const sixMinutes = 360_000;
const why = { code: 'due', text: 'It is due' } as const;
const late = {
  outcome: null,
  version: 4,
  firstSeenAt: now - sixMinutes,
  decidedAt: now - sixMinutes,
  retry: { token: '1.x', key: 'groups', attempts: 0, at: now - sixMinutes, why },
};

/** What is found of users who all stand under way in the index, with these rows. */
const find = (rows: readonly Partial<UserState>[]) => {
  const states = rows.map((row) => userState(row));
  return findOverdue({
    clock: { now: () => now },
    attention: {
      list: async function* () {
        for (const [index, state] of states.entries())
          yield toAttention('underWay', userId(index), userState({ ...state, ...late }));
      },
    },
    users: {
      read: async (id: string) => ({ state: states.find((_, index) => userId(index) === id) ?? null }),
    },
  } as unknown as Services);
};

it.each<[string, Partial<UserState>, number | undefined]>([
  ['without an outcome for six minutes', late, 1],
  ['who is looked at again later', { ...late, retry: { ...late.retry, at: now + 1 } }, undefined],
  ['who has an outcome by now', { ...late, outcome: 'licensed' }, undefined],
  ['whose operation waits in the bulk queue', { ...late, sentVersion: 4, isSentInBulk: true }, undefined],
  ['whose operation waits in the lane', { ...late, sentVersion: 4 }, 1],
  ['whose operation of the bulk queue was taken up', { ...late, sentVersion: 3, isSentInBulk: true }, 1],
])('a user %s is overdue or not', async (_, row, users) => {
  expect((await find([row]))?.users).toBe(users);
});

it('twenty are asked for', async () => {
  expect(await find(Array.from({ length: 30 }, () => late))).toEqual({ users: 20, since: now - sixMinutes });
});

it('is told since when they have been without an outcome, however often they were looked at', async () => {
  const morning = now - 9_000_000;
  const looked = { ...late, firstSeenAt: morning };

  expect(await find([looked])).toEqual({ users: 1, since: morning });
});

it('one behind hundreds who wait in the bulk queue is found', async () => {
  const waits = { ...late, sentVersion: 4, isSentInBulk: true };
  const rows = Array.from({ length: 100 }, () => waits);

  expect(await find(rows)).toBeUndefined();
  expect(await find([...rows, late])).toEqual({ users: 1, since: now - sixMinutes });
});

it('500 rows are read at most, of those who have waited longest', async () => {
  const read: string[] = [];
  const lateUsers = new LateUsers(now);
  for (let index = 0; index < 1_300; index++) {
    const state = userState({ ...late, firstSeenAt: now - sixMinutes - index, decidedAt: null });
    lateUsers.note(toAttention('underWay', userId(index), state));
  }
  await lateUsers.find({
    read: async (id: string) => {
      read.push(id);
      return { state: null };
    },
  } as unknown as Services['users']);

  expect(new Set(read)).toEqual(new Set(Array.from({ length: 500 }, (_, index) => userId(1_299 - index))));
  expect(read).toHaveLength(500);
});
