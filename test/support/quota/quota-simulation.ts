import { setMaxListeners } from 'node:events';
import type { Row } from '../../../shared/store/tables/table-access';
import { ConcurrencyError } from '../../../shared/kernel/errors';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import type { Random } from '../../../shared/kernel/random';
import { LeasedWriteQuota } from '../../../shared/quota/leased-write-quota';
import { QuotaRowStore } from '../../../shared/quota/quota-row-store';
import type { QuotaTable } from '../../../shared/quota/quota-row-store';
import type { WriteKind } from '../../../shared/quota/write-quota';
import { EventClock } from './event-clock';

export type QuotaFigures = {
  /** Milliseconds from asking to being let through. */
  readonly p95Ms: number;
  readonly maxMs: number;
  readonly callsPerSecond: number;
  readonly writesPerSecond: number;
  /** The most writes in any stretch of time over what the rate allows in it. */
  readonly mostOverRate: number;
  /** Writes that were let through later than a second after Graph had refused one, and before its time. */
  readonly whileClosed: number;
};

export type QuotaSimulation = {
  readonly processes: number;
  /** Writers of each process: each asks again as soon as it has written. */
  readonly lanes: number;
  readonly kind: WriteKind;
  readonly ratePerSecond: number;
  /** What Graph takes for one write, milliseconds. */
  readonly writeMs: { readonly min: number; readonly max: number };
  readonly seconds: number;
  readonly seed: number;
  /** Half-way Graph refuses a write of one process, and asks all to wait that long. */
  readonly refusedForMs?: number;
};

/** What one call of the tables takes, milliseconds. */
const callMs = 8;
/** Not counted: all begin together, on a full bucket. */
const warmUpMs = 6_000;

/** The row of the quota with ETags; each call takes its time before and after it has its effect. */
class SimulatedTable implements QuotaTable {
  calls = 0;
  #row: Row | undefined;
  #version = 0;

  constructor(private readonly time: EventClock) {}

  async get(): Promise<Row | undefined> {
    await this.#half();
    const row = this.#row;
    this.calls++;
    await this.#half();
    return row;
  }

  async write(row: { partitionKey: string; rowKey: string }, etag: string | null): Promise<string> {
    await this.#half();
    this.calls++;
    const isSame = etag === (this.#row?.etag ?? null);
    if (isSame) this.#row = { ...row, etag: String(++this.#version) };
    const written = String(this.#version);
    await this.#half();
    if (!isSame) throw new ConcurrencyError('The row was changed');
    return written;
  }

  #half(): Promise<void> {
    return this.time.sleep(callMs / 2);
  }
}

/** Many processes that write as fast as one quota row lets them, over virtual time. */
export async function simulateQuota(options: QuotaSimulation): Promise<QuotaFigures> {
  const { processes, lanes, kind, ratePerSecond, writeMs, seconds, seed } = options;
  const time = new EventClock();
  const table = new SimulatedTable(time);
  const startedAt = time.now();
  const waits: number[] = [];
  const writes: number[] = [];
  const quotas: LeasedWriteQuota[] = [];
  const over = new AbortController();
  setMaxListeners(0, over.signal);
  const counted = () => time.now() - startedAt >= warmUpMs;
  const lane = async (quota: LeasedWriteQuota, random: Random): Promise<void> => {
    while (!over.signal.aborted) {
      const askedAt = time.now();
      await quota.acquire(kind, 1, over.signal);
      writes.push(time.now());
      if (counted()) waits.push(time.now() - askedAt);
      quota.succeeded();
      await time.sleep(writeMs.min + random() * (writeMs.max - writeMs.min));
    }
  };
  for (let process = 0; process < processes; process++) {
    const random = seededRandom(seed * 1_000 + process);
    const tools = { clock: time, random, logger: silentLogger };
    const quota = new LeasedWriteQuota(
      new QuotaRowStore(table, 'simulated', tools),
      { ceilingPerSecond: ratePerSecond, floorPerSecond: ratePerSecond / 10 },
      tools,
    );
    quotas.push(quota);
    for (let number = 0; number < lanes; number++) lane(quota, random).catch(() => undefined);
  }
  await time.runUntil(startedAt + warmUpMs);
  const callsBefore = table.calls;
  const refusedAt = startedAt + warmUpMs + seconds * 500;
  await time.runUntil(refusedAt);
  const { refusedForMs } = options;
  if (refusedForMs !== undefined) void quotas[0]?.backOff(refusedForMs);
  await time.runUntil(startedAt + warmUpMs + seconds * 1_000);
  const calls = table.calls - callsBefore;
  over.abort(new Error('over'));
  const sorted = [...waits].sort((a, b) => a - b);
  return {
    p95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
    maxMs: sorted.at(-1) ?? 0,
    callsPerSecond: calls / seconds,
    writesPerSecond: waits.length / seconds,
    mostOverRate: mostOverRate(writes, ratePerSecond),
    whileClosed: writes.filter(
      (at) => at > refusedAt + 1_000 + 2 * callMs && at < refusedAt + (refusedForMs ?? 0),
    ).length,
  };
}

/** Kadane's way: the best stretch that ends at each write. */
function mostOverRate(writes: readonly number[], ratePerSecond: number): number {
  let most = 0;
  let here = 0;
  for (const [index, at] of writes.entries()) {
    const sincePrevious = index === 0 ? 0 : ((at - (writes[index - 1] ?? at)) / 1_000) * ratePerSecond;
    here = Math.max(0, here - sincePrevious) + 1;
    most = Math.max(most, here);
  }
  return most;
}
