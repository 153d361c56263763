import { isoTime } from '../../kernel/clock';
import { ConcurrencyError } from '../../kernel/errors';
import { RowCodec } from './rows/row-codec';
import { odataText } from './rows/row-key';
import type { TableAccess } from './table-access';
import type { TimesStore } from '../ports/times-store';
import type { UnreadableRowSink } from '../ports/stored-rows';
import { timing } from '../../kernel/timing';
import { TimeSample } from '../../words/time-sample';

const hourMs = timing.store.sampleBucket.ms;

/** Table `times`: PartitionKey = hour (2026-11-22T19), RowKey = last stage and user id; inserted, never changed. */
export class TableTimesStore implements TimesStore {
  readonly #table: TableAccess;
  readonly #samples: RowCodec<TimeSample>;

  constructor(table: TableAccess, unreadable: UnreadableRowSink) {
    this.#table = table;
    this.#samples = new RowCodec(table.name, TimeSample, unreadable);
  }

  async record(sample: TimeSample): Promise<void> {
    const stage = sample.stages.at(-1)?.[0] ?? '';
    try {
      await this.#table.write(
        {
          partitionKey: hourOf(sample.at),
          rowKey: `${stage}|${sample.userId}`,
          ...this.#samples.toProperties(sample, `times of ${sample.userId}`),
        },
        null,
      );
    } catch (error) {
      if (!(error instanceof ConcurrencyError)) throw error;
    }
  }

  async *list(from: number, to: number): AsyncIterable<TimeSample> {
    for (let hour = Math.floor(from / hourMs); hour <= Math.floor(to / hourMs); hour++) {
      for await (const row of this.#table.query(`PartitionKey eq ${odataText(hourOf(hour * hourMs))}`)) {
        const sample = this.#samples.readIfUsable(row);
        if (sample !== undefined) yield sample;
      }
    }
  }
}

/** The partition of a time in milliseconds: the hour, UTC. */
export function hourOf(at: number): string {
  return isoTime(at).slice(0, '2026-11-22T19'.length);
}
