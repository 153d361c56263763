import { RestError, TableClient } from '@azure/data-tables';
import type { TableEntityResult } from '@azure/data-tables';
import { isoTime } from '../../../emulator-kit/src/clock';

/** A timer's shared state; times in milliseconds since 1970. */
export type TimerRow = {
  readonly schedule: string;
  /** The occurrence that ran last; undefined: none yet. */
  readonly last: number | undefined;
  /** The occurrence to run next; stays where it is while that one runs. */
  readonly next: number;
  readonly lastUpdated: number;
  /** Which host has the timer's lock; empty: none. */
  readonly owner: string;
  /** The owner's lock is void from then on. */
  readonly leaseUntil: number;
};

type Stored = Record<'schedule' | 'last' | 'next' | 'lastUpdated' | 'owner' | 'leaseUntil', string>;

const partitionKey = 'timer';

function toEntity(name: string, row: TimerRow): Stored & { partitionKey: string; rowKey: string } {
  return {
    partitionKey,
    rowKey: name,
    schedule: row.schedule,
    last: row.last === undefined ? '' : isoTime(row.last),
    next: isoTime(row.next),
    lastUpdated: isoTime(row.lastUpdated),
    owner: row.owner,
    leaseUntil: isoTime(row.leaseUntil),
  };
}

function fromEntity(entity: TableEntityResult<Stored>): TimerRow {
  return {
    schedule: entity.schedule,
    last: entity.last === '' ? undefined : Date.parse(entity.last),
    next: Date.parse(entity.next),
    lastUpdated: Date.parse(entity.lastUpdated),
    owner: entity.owner,
    leaseUntil: Date.parse(entity.leaseUntil),
  };
}

function hasStatus(thrown: unknown, ...statuses: number[]): boolean {
  return (
    thrown instanceof RestError && thrown.statusCode !== undefined && statuses.includes(thrown.statusCode)
  );
}

/** Where the hosts of an app agree on its timers: one row per timer, changed only by compare-and-set. */
export interface TimerRows {
  /** undefined: the timer has no row yet. */
  read(name: string): Promise<{ row: TimerRow; etag: string } | undefined>;
  /** Does nothing when the row is there already. */
  create(name: string, row: TimerRow): Promise<void>;
  /** The new ETag; undefined: another host changed the row first. */
  replace(name: string, row: TimerRow, etag: string): Promise<string | undefined>;
}

/** Table `hosttimers`: one row per timer, changed only by compare-and-set on its ETag. */
export class TimerTable implements TimerRows {
  readonly #client: TableClient;

  constructor(connectionString: string) {
    this.#client = TableClient.fromConnectionString(connectionString, 'hosttimers', {
      allowInsecureConnection: true,
      retryOptions: { maxRetries: 1, retryDelayInMs: 100, maxRetryDelayInMs: 500 },
    });
  }

  async read(name: string): Promise<{ row: TimerRow; etag: string } | undefined> {
    try {
      const entity = await this.#client.getEntity<Stored>(partitionKey, name);
      return { row: fromEntity(entity), etag: entity.etag };
    } catch (thrown) {
      if (hasStatus(thrown, 404)) return undefined;
      throw thrown;
    }
  }

  async create(name: string, row: TimerRow): Promise<void> {
    await this.#client.createTable();
    try {
      await this.#client.createEntity(toEntity(name, row));
    } catch (thrown) {
      if (!hasStatus(thrown, 409)) throw thrown;
    }
  }

  async replace(name: string, row: TimerRow, etag: string): Promise<string | undefined> {
    try {
      const answer = await this.#client.updateEntity(toEntity(name, row), 'Replace', { etag });
      return answer.etag;
    } catch (thrown) {
      if (hasStatus(thrown, 412, 404)) return undefined;
      throw thrown;
    }
  }
}
