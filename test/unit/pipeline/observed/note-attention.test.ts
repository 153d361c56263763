import { describe, expect, it } from '@jest/globals';
import { toUserId } from '../../../../shared/kernel/ids';
import { makeAttentionNoter } from '../../../../shared/pipeline/observed/note-attention';
import { newUserState } from '../../../../shared/pipeline/row/user-state';
import type { UserState } from '../../../../shared/words/user-state';

const userId = toUserId('00000000-0000-4000-8000-000000000001');
const blocked: UserState = { ...newUserState(1_000), outcome: 'blocked' };
const licensed: UserState = { ...newUserState(1_000), outcome: 'licensed' };

/** An index whose puts wait until they are let. */
function slowIndex() {
  const entries = new Set<string>();
  const waiting: (() => void)[] = [];
  return {
    entries,
    letPut: () => waiting.shift()?.(),
    attention: {
      put: async (kind: string) => {
        await new Promise<void>((resolve) => waiting.push(resolve));
        entries.add(kind);
      },
      remove: async (kind: string) => void entries.delete(kind),
    },
  };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the index of users who are not done', () => {
  it('does not keep a user who was done before the entry was stored', async () => {
    const { attention, entries, letPut } = slowIndex();
    const note = makeAttentionNoter(attention, () => undefined);

    note({ userId, before: null, after: blocked });
    note({ userId, before: blocked, after: licensed });
    await settled();
    letPut();
    await settled();

    expect([...entries]).toEqual([]);
  });

  it('goes on with a user after a change that could not be stored, and says so', async () => {
    const errors: unknown[] = [];
    const { attention, entries } = slowIndex();
    entries.add('blocked');
    const put = async () => Promise.reject(new Error('away'));
    const note = makeAttentionNoter({ ...attention, put }, (error) => errors.push(error));

    note({ userId, before: null, after: blocked });
    note({ userId, before: blocked, after: licensed });
    await settled();

    expect(errors).toEqual([new Error('away')]);
    expect([...entries]).toEqual([]);
  });
});
