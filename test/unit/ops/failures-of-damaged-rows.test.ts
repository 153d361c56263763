import { describe, expect, it } from '@jest/globals';
import { PermanentError } from '../../../shared/kernel/errors';
import type { UserId } from '../../../shared/kernel/ids';
import { listFailures } from '../../../shared/ops/failures/list-failures';
import type { QueueInspector } from '../../../shared/queue/queue-inspector';
import type { Failure } from '../../../shared/words/failure';
import { userId, userState } from '../../support/user-states';

const at = Date.UTC(2026, 0, 10);
const failure = (subject: string, name: string): Failure => ({
  subject,
  class: name,
  state: 'open',
  reason: { code: 'store/unreadable-user', text: 'The row does not hold JSON' },
  suggestedRepair: 'Replay it.',
  firstAt: at,
  lastAt: at,
  count: 1,
  facts: {},
});

const pipeline = (error: Error) =>
  ({
    clock: { now: () => at, sleep: async () => undefined },
    control: { pauses: async () => [] },
    failures: {
      async *list(state: string) {
        if (state === 'open') yield* [failure(userId(1), 'row'), failure(userId(2), 'unknown')];
      },
    },
    users: {
      async *listByOutcome() {},
      read: async (id: UserId) => {
        if (id === userId(1)) throw error;
        return { state: { ...userState(), userPrincipalName: 'two@contoso.com' } };
      },
    },
  }) as unknown as Parameters<typeof listFailures>[0];
const inspector = { deadLetters: async () => [], counts: async () => undefined } as unknown as QueueInspector;

describe('failure list, of a user whose row cannot be read', () => {
  it('shows that failure without a name, and every other one with it', async () => {
    const damaged = new PermanentError('store/unreadable-user', 'The row does not hold JSON');

    const { entries, classes } = await listFailures(pipeline(damaged), inspector);

    const names = new Map(entries.map(({ userId: id, userPrincipalName }) => [id, userPrincipalName]));
    expect(names.get(userId(1))).toBeNull();
    expect(names.get(userId(2))).toBe('two@contoso.com');
    expect(classes.map((one) => one.class).sort()).toEqual(['row', 'unknown']);
  });

  it('does not hide that the tables refuse everything', async () => {
    const refused = new PermanentError('store/refused', 'The tables refuse');

    await expect(listFailures(pipeline(refused), inspector)).rejects.toThrow('The tables refuse');
  });
});
