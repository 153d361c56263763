export type WriteKind = 'express' | 'bulk';

/** What apply sees: wait until one write may be sent. */
export interface WriteQuota {
  /** Resolves when `writes` writes may be sent now. Bulk gets only what leaves 2 s of quota for express. */
  acquire(kind: WriteKind, writes: number, signal?: AbortSignal): Promise<void>;
  /** What was acquired and is not needed; others draw it, as long as it is no older than any other quota in hand. */
  giveBack(kind: WriteKind, writes: number): void;
  /** Whether all writing is paused by Graph, as far as this process knows: acquired quota must not be used. */
  isClosed(): boolean;
  /** Graph said 429 or Directory_ConcurrencyViolation: all processes wait, and the rate falls. */
  backOff(retryAfterMs: number | undefined): Promise<void>;
  /** A write went through: the rate climbs back, additively. */
  succeeded(): void;
  /** What the row allowed when this process last saw it. */
  ratePerSecond(): number;
}
