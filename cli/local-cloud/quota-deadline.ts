/**
 * How long a sync may take at the worst, milliseconds: three writes a user at the product's share of Graph's write
 * quota (3,000 per 150 s, https://learn.microsoft.com/graph/throttling-limits), three times over, and five minutes for a
 * machine that is busy: it ends what hangs.
 */
export function quotaDeadlineMs(users: number, quotaFactor: number): number {
  const writesPerSecond = (3_000 / 150) * 0.8 * quotaFactor;
  return 300_000 + Math.ceil(((users * 3) / writesPerSecond) * 3 * 1_000);
}
