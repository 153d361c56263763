import { z } from 'zod';
import { ConcurrencyError } from '../../kernel/errors';
import type { UserId } from '../../kernel/ids';
import { timeField } from '../../words/fields';
import type { HandlingNote, HandlingStore, InstanceRow } from '../ports/handling-store';
import { RowCodec } from './rows/row-codec';
import { odataText, toRowKey } from './rows/row-key';
import type { TableAccess } from './table-access';
import type { UnreadableRowSink } from '../ports/stored-rows';

export const StoredNote = z.object({ instance: z.string(), message: z.string(), at: timeField });
export const StoredInstance = z.object({ instance: z.string(), at: timeField });

/**
 * Table `handling`: PartitionKey = user id, RowKey = `note|` process and message, there only while handling is under
 * way; PartitionKey `instances`, RowKey = process. Rows called `start` are an earlier version's and count for nothing.
 */
const instancesKey = 'instances';
const noteKey = ({ instance, message }: HandlingNote): string => toRowKey(`note|${instance}|${message}`);

export class TableHandlingStore implements HandlingStore {
  readonly #table: TableAccess;
  readonly #notes: RowCodec<HandlingNote>;
  readonly #instances: RowCodec<InstanceRow>;

  constructor(table: TableAccess, unreadable: UnreadableRowSink) {
    this.#table = table;
    this.#notes = new RowCodec<HandlingNote>(table.name, StoredNote, unreadable);
    this.#instances = new RowCodec<InstanceRow>(table.name, StoredInstance, unreadable);
  }

  async notes(userId: UserId): Promise<readonly HandlingNote[]> {
    const notes: HandlingNote[] = [];
    for await (const row of this.#table.query(`PartitionKey eq ${odataText(userId)}`)) {
      const note = row.rowKey === 'start' ? undefined : this.#notes.readIfUsable(row);
      if (note !== undefined) notes.push(note);
    }
    return notes;
  }

  async begin(userId: UserId, note: HandlingNote): Promise<void> {
    const fields = this.#notes.toProperties(note, `handling of ${userId}`);
    await this.#put({ partitionKey: userId, rowKey: noteKey(note), ...fields });
  }

  async forget(userId: UserId, notes: readonly HandlingNote[]): Promise<void> {
    for (const note of notes) await this.#table.remove(userId, noteKey(note), '*');
  }

  async instances(): Promise<readonly InstanceRow[]> {
    const rows: InstanceRow[] = [];
    for await (const row of this.#table.query(`PartitionKey eq ${odataText(instancesKey)}`)) {
      const instance = this.#instances.readIfUsable(row);
      if (instance !== undefined) rows.push(instance);
    }
    return rows;
  }

  async beat(row: InstanceRow): Promise<void> {
    const fields = this.#instances.toProperties(row, `instance ${row.instance}`);
    await this.#put({ partitionKey: instancesKey, rowKey: toRowKey(row.instance), ...fields });
  }

  async forgetInstance(instance: string): Promise<void> {
    await this.#table.remove(instancesKey, toRowKey(instance), '*');
  }

  /** Only its own process writes such a row, so whether it is there is all there is to know. */
  async #put(row: Parameters<TableAccess['write']>[0]): Promise<void> {
    const found = await this.#table.get(row.partitionKey, row.rowKey);
    try {
      await this.#table.write(row, found?.etag ?? null);
    } catch (error) {
      if (!(error instanceof ConcurrencyError)) throw error;
    }
  }
}
