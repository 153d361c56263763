import type { Engine } from '../engine/engine';
import { GraphFault } from '../engine/graph-fault';

/** Counts writes that are under way, and refuses too many at a time, for one user or in the tenant. */
export class WriteGuard {
  private inTenant = 0;
  private readonly perUser = new Map<string, number>();

  constructor(private readonly engine: Engine) {}

  /** @throws GraphFault Directory_ConcurrencyViolation when a write may not begin now */
  check(userKey: string | undefined): void {
    const { settings } = this.engine;
    // Most writes are carried out in one go, so that none is ever under way.
    if (this.inTenant === 0) return;
    const ofUser = userKey === undefined ? 0 : (this.perUser.get(userKey) ?? 0);
    const isOver =
      (settings.concurrencyThreshold !== null && this.inTenant >= settings.concurrencyThreshold) ||
      (settings.concurrencyThresholdPerUser !== null && ofUser >= settings.concurrencyThresholdPerUser);
    if (isOver) throw this.violation();
  }

  /**
   * For a write that takes a while; the answer ends it.
   * @throws GraphFault as `check` does
   */
  begin(userKey: string | undefined): () => void {
    this.check(userKey);
    this.inTenant += 1;
    if (userKey !== undefined) this.perUser.set(userKey, (this.perUser.get(userKey) ?? 0) + 1);
    return () => {
      this.inTenant -= 1;
      if (userKey === undefined) return;
      const left = (this.perUser.get(userKey) ?? 1) - 1;
      if (left > 0) this.perUser.set(userKey, left);
      else this.perUser.delete(userKey);
    };
  }

  private violation(): GraphFault {
    const { concurrencyStatus, concurrencyRetryAfterSeconds } = this.engine.settings;
    return new GraphFault(
      concurrencyStatus,
      'Directory_ConcurrencyViolation',
      'Error due to concurrent requests being made to the tenant. Please wait briefly and retry.',
      concurrencyRetryAfterSeconds === null ? {} : { 'retry-after': String(concurrencyRetryAfterSeconds) },
    );
  }
}
