import { z } from 'zod';
import type { Clock } from '../../kernel/clock';
import { ConcurrencyError } from '../../kernel/errors';
import type { UserId } from '../../kernel/ids';
import type { UnreadableRowSink } from '../ports/stored-rows';
import { countField, timeField } from '../../words/fields';
import type { GuardReading, GuardStore, GuardWindow, GuardedWrite } from '../ports/guard-store';
import { RowCodec } from './rows/row-codec';
import { odataText } from './rows/row-key';
import type { TableAccess } from './table-access';
import { timing } from '../../kernel/timing';

export const guardPartition = 'guard';
export const windowKey = 'window';
const userKey = (userId: UserId) => `user|${userId}`;

const { guardBucket, guardWindow } = timing.store;

/** More users than any tenant has: a row that counts more is damaged. */
const mostCounted = 100_000_000;
const counted = countField.max(mostCounted);
const StoredHour = z.object({ hour: countField, reductions: counted, changes: counted });
export const StoredWindow = z.object({ hours: z.array(StoredHour) });
export const StoredUser = z.object({ reductionAt: timeField.nullable(), changeAt: timeField.nullable() });
type StoredWindow = z.infer<typeof StoredWindow>;
type StoredUser = z.infer<typeof StoredUser>;

/**
 * Table `guards`: the row `window` has a count per hour, `user|<id>` when the user was last counted, both in one
 * partition so that one transaction changes them. The oldest hour leaves the window as a whole. A window that is lost
 * or cannot be read is counted again from the users' rows, so that the guards neither stop anything nor forget.
 */
export class TableGuardStore implements GuardStore {
  readonly #table: TableAccess;
  readonly #clock: Clock;
  readonly #windows: RowCodec<StoredWindow>;
  readonly #users: RowCodec<StoredUser>;
  /** Reservations of one process queue up here instead of losing races against each other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(table: TableAccess, clock: Clock, unreadable: UnreadableRowSink) {
    this.#table = table;
    this.#windows = new RowCodec(table.name, StoredWindow, unreadable);
    this.#users = new RowCodec(table.name, StoredUser, unreadable);
    this.#clock = clock;
  }

  async read(userId: UserId): Promise<GuardReading> {
    const { window, user } = await this.#read(userId);
    return { window: sum(window), counted: user };
  }

  async reserve(
    userId: UserId,
    coming: GuardedWrite,
    allows: (window: GuardWindow, uncounted: GuardedWrite) => boolean,
  ): Promise<boolean> {
    const mine = this.#last.then(() => this.#reserve(userId, coming, allows));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #reserve(
    userId: UserId,
    coming: GuardedWrite,
    allows: (window: GuardWindow, uncounted: GuardedWrite) => boolean,
  ): Promise<boolean> {
    for (;;) {
      const { etag, window, user, times } = await this.#read(userId);
      const uncounted = {
        reduction: coming.reduction && !user.reduction,
        change: coming.change && !user.change,
      };
      if (!uncounted.reduction && !uncounted.change) return true;
      if (!allows(sum(window), uncounted)) return false;
      const now = this.#clock.now();
      const counted: StoredUser = {
        reductionAt: uncounted.reduction ? now : times.reductionAt,
        changeAt: uncounted.change ? now : times.changeAt,
      };
      try {
        await this.#table.write(
          {
            partitionKey: guardPartition,
            rowKey: windowKey,
            ...this.#windows.toProperties({ hours: add(window.hours, now, uncounted) }, 'the guards'),
          },
          etag,
          [
            [
              'upsert',
              {
                partitionKey: guardPartition,
                rowKey: userKey(userId),
                ...this.#users.toProperties(counted, `guards of user ${userId}`),
              },
              'Replace',
            ],
          ],
        );
        return true;
      } catch (error) {
        if (!(error instanceof ConcurrencyError)) throw error;
      }
    }
  }

  async #read(userId: UserId): Promise<{
    etag: string | null;
    window: StoredWindow;
    user: GuardedWrite;
    times: StoredUser;
  }> {
    const now = this.#clock.now();
    const since = now - guardWindow.ms;
    // Not by one filter with `or`: that is a scan of the partition, which has a row of every user who was ever counted
    // (https://learn.microsoft.com/azure/storage/tables/table-storage-design-for-query). The window first: what
    // another process counts in between is in the user's row at most, and then it is not counted again.
    const windowRow = await this.#table.get(guardPartition, windowKey);
    const userRow = await this.#table.get(guardPartition, userKey(userId));
    const stored = windowRow === undefined ? undefined : this.#windows.readIfUsable(windowRow);
    const hours = stored?.hours ?? (await this.#countAgain());
    const times = (userRow === undefined ? undefined : this.#users.readIfUsable(userRow)) ?? {
      reductionAt: null,
      changeAt: null,
    };
    return {
      etag: windowRow?.etag ?? null,
      window: {
        // An hour that is still to come was written by a wrong clock: it would count for ever.
        hours: hours.filter(
          ({ hour }) => (hour + 1) * guardBucket.ms > since && (hour - 1) * guardBucket.ms <= now,
        ),
      },
      user: {
        reduction: times.reductionAt !== null && times.reductionAt > since,
        change: times.changeAt !== null && times.changeAt > since,
      },
      times,
    };
  }

  /** The hours as the rows of the users have them. */
  async #countAgain(): Promise<StoredWindow['hours']> {
    const since = this.#clock.now() - guardWindow.ms;
    let hours: StoredWindow['hours'] = [];
    const users = `PartitionKey eq ${odataText(guardPartition)} and RowKey ge 'user|' and RowKey lt 'user}'`;
    for await (const row of this.#table.query(users)) {
      const times = this.#users.readIfUsable(row);
      const { reductionAt = null, changeAt = null } = times ?? {};
      if (reductionAt !== null && reductionAt > since)
        hours = add(hours, reductionAt, { reduction: true, change: false });
      if (changeAt !== null && changeAt > since)
        hours = add(hours, changeAt, { reduction: false, change: true });
    }
    return hours;
  }
}

function sum({ hours }: StoredWindow): GuardWindow {
  return {
    reductions: hours.reduce((all, { reductions }) => all + reductions, 0),
    changes: hours.reduce((all, { changes }) => all + changes, 0),
  };
}

function add(hours: StoredWindow['hours'], now: number, write: GuardedWrite): StoredWindow['hours'] {
  const hour = Math.floor(now / guardBucket.ms);
  const before = hours.find((one) => one.hour === hour) ?? { hour, reductions: 0, changes: 0 };
  const after = {
    hour,
    reductions: before.reductions + (write.reduction ? 1 : 0),
    changes: before.changes + (write.change ? 1 : 0),
  };
  return [...hours.filter((one) => one.hour !== hour), after];
}
