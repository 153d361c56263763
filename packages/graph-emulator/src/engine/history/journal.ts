import type { Subscription } from '../../notifications/subscription';
import type { AuditEvent } from './audit-log';
import type { Change } from './change-log';
import type { GroupRecord, SkuRecord, UserRecord } from '../records';
import type { WriteLogEntry } from './write-log';

/** Receives everything that is committed, before the caller has an answer. */
export interface Journal {
  user(user: UserRecord): void;
  group(group: GroupRecord): void;
  /** These ids came to or left the group's members. */
  members(group: GroupRecord, memberIds: readonly string[]): void;
  sku(sku: SkuRecord): void;
  change(change: Change): void;
  audit(event: AuditEvent): void;
  write(entry: WriteLogEntry): void;
  /** The caller of this write has its answer. */
  answered(seq: number): void;
  /** Settings that were changed; null: all of them are as at the start again. */
  settings(change: Readonly<Record<string, unknown>> | null): void;
  subscription(subscription: Subscription): void;
  subscriptionGone(id: string): void;
}

const nothing = () => undefined;

/** Keeps nothing: the tenant lives as long as the process. */
export const noJournal: Journal = {
  user: nothing,
  group: nothing,
  members: nothing,
  sku: nothing,
  change: nothing,
  audit: nothing,
  write: nothing,
  answered: nothing,
  settings: nothing,
  subscription: nothing,
  subscriptionGone: nothing,
};
