import type { Change } from './change-log';
import type { GroupRecord, SkuRecord, UserRecord } from './records';

/** Told of everything that is committed, before the caller has an answer. */
export interface Journal {
  user(user: UserRecord): void;
  group(group: GroupRecord): void;
  /** These ids came to or left the group's members. */
  members(group: GroupRecord, memberIds: readonly string[]): void;
  sku(sku: SkuRecord): void;
  change(change: Change): void;
}

export const noJournal: Journal = {
  user: () => undefined,
  group: () => undefined,
  members: () => undefined,
  sku: () => undefined,
  change: () => undefined,
};
