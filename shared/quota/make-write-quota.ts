import type { Clock } from '../kernel/clock';
import type { Logger } from '../kernel/logger';
import type { Random } from '../kernel/random';
import type { TableAccess } from '../store/tables/table-access';
import { LeasedWriteQuota } from './leased-write-quota';
import { QuotaRowStore } from './quota-row-store';
import type { WriteQuota } from './write-quota';

export type WriteQuotaOptions = {
  /** The configured share of the tenant's write quota, writes per second. */
  readonly ratePerSecond: number;
  /** Where back-offs stop, writes per second. Default: a tenth of the rate. */
  readonly floorPerSecond?: number;
  /** One row per name. Default `graph-writes`. */
  readonly name?: string;
};

/** The write quota that all processes share: one row of the table `quota`. One per process; its lanes share it. */
export function makeWriteQuota(
  table: TableAccess,
  { ratePerSecond, floorPerSecond = ratePerSecond / 10, name = 'graph-writes' }: WriteQuotaOptions,
  tools: { readonly clock: Clock; readonly random: Random; readonly logger: Logger },
): WriteQuota {
  const row = new QuotaRowStore(table, name, tools);
  return new LeasedWriteQuota(row, { ceilingPerSecond: ratePerSecond, floorPerSecond }, tools);
}
