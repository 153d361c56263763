import type { UserId } from '../../kernel/ids';
import { overrideMembers } from '../../kernel/override-members';
import type { UserState } from '../../words/user-state';
import type { UserStore } from '../../store/ports/user-store';

/** Receives every change of a user's row that has been committed; never awaited, and must not throw. */
export type UserWatcher = (change: {
  readonly userId: UserId;
  readonly before: UserState | null;
  readonly after: UserState;
}) => void;

/** The users' rows, watched. Of two who change a row, the one whose commit was valid is reported: each change once. */
export function observeUsers(users: UserStore, watch: UserWatcher): UserStore {
  return overrideMembers(users, {
    commit: async (record, change) => {
      const committed = await users.commit(record, change);
      watch({ userId: record.userId, before: record.state, after: change.state });
      return committed;
    },
  });
}
