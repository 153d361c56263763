import { ConcurrencyError } from '../../kernel/errors';
import type { UserId } from '../../kernel/ids';
import { fromJsonProperties, toJsonProperties } from './json-property';
import type { RolloutStore } from '../ports/rollout-store';
import { odataText, toRowKey } from './row-key';
import { mostOperations } from './table-access';
import type { NewRow, Row, TableAccess } from './table-access';
import { RolloutMember, StoredRollout } from '../../words/rollout';
import type { MemberState, Rollout } from '../../words/rollout';

const rolloutPartition = 'rollout';

/**
 * Table `rollouts`: one row per rollout, all in one partition (there are few). Table `rolloutMembers`:
 * PartitionKey = rollout, RowKey = user id; `state` stands beside the JSON to be filtered by.
 */
export class TableRolloutStore implements RolloutStore {
  readonly #rollouts: TableAccess;
  readonly #members: TableAccess;

  constructor(rollouts: TableAccess, members: TableAccess) {
    this.#rollouts = rollouts;
    this.#members = members;
  }

  async create(rollout: Omit<Rollout, 'etag'>): Promise<Rollout> {
    return { ...rollout, etag: await this.#rollouts.write(toRow(rollout), null) };
  }

  async read(id: string): Promise<Rollout | undefined> {
    const row = await this.#rollouts.get(rolloutPartition, toRowKey(id));
    return row === undefined ? undefined : fromRow(row);
  }

  async list(): Promise<readonly Rollout[]> {
    const found: Rollout[] = [];
    const rows = this.#rollouts.query(`PartitionKey eq ${odataText(rolloutPartition)}`);
    for await (const row of rows) found.push(fromRow(row));
    return found.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
  }

  async update(rollout: Rollout, change: Partial<Omit<Rollout, 'id' | 'etag' | 'kind'>>): Promise<Rollout> {
    const { etag, ...before } = rollout;
    const next = { ...before, ...change };
    return { ...next, etag: await this.#rollouts.write(toRow(next), etag) };
  }

  async addMembers(id: string, members: readonly RolloutMember[]): Promise<void> {
    for (const rows of inTransactions(id, members)) {
      let missing = rows;
      while (missing.length > 0) {
        try {
          await this.#members.submit(missing.map((row) => ['create', row]));
          break;
        } catch (error) {
          // A transaction fails as a whole: who is there already is left out, and the rest is tried again.
          if (!(error instanceof ConcurrencyError)) throw error;
          const present = await this.#present(id, missing);
          const rest = missing.filter((row) => !present.has(row.rowKey));
          if (rest.length === missing.length) throw error;
          missing = rest;
        }
      }
    }
  }

  async setMembers(id: string, members: readonly RolloutMember[]): Promise<void> {
    for (const rows of inTransactions(id, members)) {
      await this.#members.submit(rows.map((row) => ['upsert', row, 'Replace']));
    }
  }

  async readMember(id: string, userId: UserId): Promise<RolloutMember | undefined> {
    const row = await this.#members.get(toRowKey(id), userId);
    return row === undefined ? undefined : fromMemberRow(row);
  }

  async *members(id: string, state?: MemberState): AsyncIterable<RolloutMember> {
    const ofState = state === undefined ? '' : ` and state eq ${odataText(state)}`;
    for await (const row of this.#members.query(`${partition(id)}${ofState}`)) yield fromMemberRow(row);
  }

  async #present(id: string, rows: readonly NewRow[]): Promise<ReadonlySet<string>> {
    const keys = rows.map((row) => row.rowKey).sort();
    const range = `RowKey ge ${odataText(keys[0] ?? '')} and RowKey le ${odataText(keys.at(-1) ?? '')}`;
    const present = new Set<string>();
    for await (const row of this.#members.query(`${partition(id)} and ${range}`))
      present.add(row.rowKey ?? '');
    return present;
  }
}

const partition = (id: string) => `PartitionKey eq ${odataText(toRowKey(id))}`;

function toRow(rollout: Omit<Rollout, 'etag'>): NewRow {
  return {
    partitionKey: rolloutPartition,
    rowKey: toRowKey(rollout.id),
    ...toJsonProperties(rollout, `rollout ${rollout.id}`),
  };
}

function fromRow(row: Row): Rollout {
  return { ...fromJsonProperties(row, StoredRollout, `rollout ${row.rowKey}`), etag: row.etag };
}

function fromMemberRow(row: Row): RolloutMember {
  return fromJsonProperties(row, RolloutMember, `rollout members ${row.partitionKey} ${row.rowKey}`);
}

/** One row per user, in portions that a transaction takes; of several for the same user, the last counts. */
function* inTransactions(id: string, members: readonly RolloutMember[]): Iterable<NewRow[]> {
  const unique = [...new Map(members.map((member) => [member.userId, member])).values()];
  for (let index = 0; index < unique.length; index += mostOperations) {
    yield unique.slice(index, index + mostOperations).map((member) => ({
      partitionKey: toRowKey(id),
      rowKey: member.userId,
      state: member.state,
      ...toJsonProperties(member, `rollout ${id} member ${member.userId}`),
    }));
  }
}
