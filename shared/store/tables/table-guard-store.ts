import { z } from 'zod';
import type { Clock } from '../../kernel/clock';
import { ConcurrencyError } from '../../kernel/errors';
import type { UserId } from '../../kernel/ids';
import type { GuardReading, GuardStore, GuardWindow, GuardedWrite } from '../ports/guard-store';
import { fromJsonProperties, toJsonProperties } from './json-property';
import { odataText } from './row-key';
import type { Row, TableAccess } from './table-access';
import { timing } from '../../kernel/timing';

const partitionKey = 'guard';
const windowKey = 'window';
const userKey = (userId: UserId) => `user|${userId}`;

const { guardBucket, guardWindow } = timing.store;

const StoredHour = z.object({ hour: z.number(), reductions: z.number(), changes: z.number() });
const StoredWindow = z.object({ hours: z.array(StoredHour) });
const StoredUser = z.object({ reductionAt: z.number().nullable(), changeAt: z.number().nullable() });
type StoredWindow = z.infer<typeof StoredWindow>;
type StoredUser = z.infer<typeof StoredUser>;

/**
 * Table `guards`: the row `window` has a count per hour, `user|<id>` when the user was last counted, both in one
 * partition so that one transaction changes them. The oldest hour leaves the window as a whole.
 */
export class TableGuardStore implements GuardStore {
  readonly #table: TableAccess;
  readonly #clock: Clock;
  /** Reservations of one process queue up here instead of losing races against each other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(table: TableAccess, clock: Clock) {
    this.#table = table;
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
            partitionKey,
            rowKey: windowKey,
            ...toJsonProperties({ hours: add(window.hours, now, uncounted) }, 'the guards'),
          },
          etag,
          [
            [
              'upsert',
              {
                partitionKey,
                rowKey: userKey(userId),
                ...toJsonProperties(counted, `guards of user ${userId}`),
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
    const since = this.#clock.now() - guardWindow.ms;
    let windowRow: Row | undefined;
    let userRow: Row | undefined;
    const keys = [windowKey, userKey(userId)].map((key) => `RowKey eq ${odataText(key)}`).join(' or ');
    for await (const row of this.#table.query(`PartitionKey eq ${odataText(partitionKey)} and (${keys})`)) {
      if (row.rowKey === windowKey) windowRow = row;
      else userRow = row;
    }
    const hours =
      windowRow === undefined ? [] : fromJsonProperties(windowRow, StoredWindow, 'the guards').hours;
    const times =
      userRow === undefined
        ? { reductionAt: null, changeAt: null }
        : fromJsonProperties(userRow, StoredUser, `guards of user ${userId}`);
    return {
      etag: windowRow?.etag ?? null,
      window: { hours: hours.filter(({ hour }) => (hour + 1) * guardBucket.ms > since) },
      user: {
        reduction: times.reductionAt !== null && times.reductionAt > since,
        change: times.changeAt !== null && times.changeAt > since,
      },
      times,
    };
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
