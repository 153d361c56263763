import { ConcurrencyError } from '../../kernel/errors';
import type { UserId } from '../../kernel/ids';
import { RowCodec } from './rows/row-codec';
import type { MemberPage, RolloutStore } from '../ports/rollout-store';
import type { UnreadableRowSink } from '../ports/stored-rows';
import { odataText, toRowKey } from './rows/row-key';
import { mostOperations } from './table-access';
import type { NewRow, Row, TableAccess } from './table-access';
import { RolloutMember, StoredRollout, memberStates, noMembers } from '../../words/rollout';
import type { MemberState, Rollout } from '../../words/rollout';

export const rolloutPartition = 'rollout';

/** Rollouts whose rows are not checked again while they stay as they are: all of a tenant of some years. */
const mostKnown = 500;

/**
 * Table `rollouts`: one row per rollout, all in one partition (there are few). Table `rolloutMembers`:
 * PartitionKey = rollout, RowKey = user id; `state` stands beside the JSON to be filtered by.
 */
export class TableRolloutStore implements RolloutStore {
  readonly #rollouts: TableAccess;
  readonly #members: TableAccess;
  readonly #rolloutRows: RowCodec<Omit<Rollout, 'etag'>>;
  readonly #memberRows: RowCodec<RolloutMember>;

  constructor(rollouts: TableAccess, members: TableAccess, unreadable: UnreadableRowSink) {
    this.#rollouts = rollouts;
    this.#members = members;
    this.#rolloutRows = new RowCodec<Omit<Rollout, 'etag'>>(
      rollouts.name,
      StoredRollout,
      unreadable,
      mostKnown,
    );
    this.#memberRows = new RowCodec(members.name, RolloutMember, unreadable);
  }

  async create(rollout: Omit<Rollout, 'etag'>): Promise<Rollout> {
    return { ...rollout, etag: await this.#rollouts.write(this.#toRow(rollout), null) };
  }

  async read(id: string): Promise<Rollout | undefined> {
    const row = await this.#rollouts.get(rolloutPartition, toRowKey(id));
    return row === undefined ? undefined : this.#fromRow(row);
  }

  async list(): Promise<readonly Rollout[]> {
    const found: Rollout[] = [];
    const rows = this.#rollouts.query(`PartitionKey eq ${odataText(rolloutPartition)}`);
    for await (const row of rows) {
      const rollout = this.#fromRow(row);
      if (rollout !== undefined) found.push(rollout);
    }
    return found.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
  }

  async update(rollout: Rollout, change: Partial<Omit<Rollout, 'id' | 'etag' | 'kind'>>): Promise<Rollout> {
    const { etag, ...before } = rollout;
    const next = { ...before, ...change };
    return { ...next, etag: await this.#rollouts.write(this.#toRow(next), etag) };
  }

  async addMembers(id: string, members: readonly RolloutMember[]): Promise<void> {
    for (const rows of this.#inTransactions(id, members)) {
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
    for (const rows of this.#inTransactions(id, members)) {
      await this.#members.submit(rows.map((row) => ['upsert', row, 'Replace']));
    }
  }

  async readMember(id: string, userId: UserId): Promise<RolloutMember | undefined> {
    const row = await this.#members.get(toRowKey(id), userId);
    return row === undefined ? undefined : this.#memberRows.readIfUsable(row);
  }

  async *members(
    id: string,
    state?: MemberState,
    { after, limit = Infinity }: MemberPage = {},
  ): AsyncIterable<RolloutMember> {
    const ofState = state === undefined ? '' : ` and state eq ${odataText(state)}`;
    const behind = after === undefined ? '' : ` and RowKey gt ${odataText(after)}`;
    let left = limit;
    if (left <= 0) return;
    for await (const row of this.#members.query(`${partition(id)}${behind}${ofState}`, { pageSize: limit })) {
      const member = this.#memberRows.readIfUsable(row);
      if (member === undefined) continue;
      yield member;
      if (--left <= 0) return;
    }
  }

  async countMembers(id: string): Promise<Record<MemberState, number>> {
    const counts = noMembers();
    for await (const row of this.#members.query(partition(id), { select: ['state'] })) {
      const state = memberStates.find((one) => one === row['state']);
      if (state !== undefined) counts[state] += 1;
    }
    return counts;
  }

  async #present(id: string, rows: readonly NewRow[]): Promise<ReadonlySet<string>> {
    const keys = rows.map((row) => row.rowKey).sort();
    const range = `RowKey ge ${odataText(keys[0] ?? '')} and RowKey le ${odataText(keys.at(-1) ?? '')}`;
    const present = new Set<string>();
    for await (const row of this.#members.query(`${partition(id)} and ${range}`))
      present.add(row.rowKey ?? '');
    return present;
  }

  #toRow(rollout: Omit<Rollout, 'etag'>): NewRow {
    return {
      partitionKey: rolloutPartition,
      rowKey: toRowKey(rollout.id),
      ...this.#rolloutRows.toProperties(rollout, `rollout ${rollout.id}`),
    };
  }

  #fromRow(row: Row): Rollout | undefined {
    const stored = this.#rolloutRows.readIfUsable(row);
    return stored === undefined ? undefined : { ...stored, etag: row.etag };
  }

  /** One row per user, in portions that a transaction takes; of several for the same user, the last counts. */
  *#inTransactions(id: string, members: readonly RolloutMember[]): Iterable<NewRow[]> {
    const unique = [...new Map(members.map((member) => [member.userId, member])).values()];
    for (let index = 0; index < unique.length; index += mostOperations) {
      yield unique.slice(index, index + mostOperations).map((member) => ({
        partitionKey: toRowKey(id),
        rowKey: member.userId,
        state: member.state,
        ...this.#memberRows.toProperties(member, `rollout ${id} member ${member.userId}`),
      }));
    }
  }
}

const partition = (id: string) => `PartitionKey eq ${odataText(toRowKey(id))}`;
