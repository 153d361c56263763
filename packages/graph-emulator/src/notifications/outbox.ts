import type { EngineContext } from '../engine/context';
import type { NotificationCounters } from './counters';
import type { Delivery } from './delivery';
import type { Subscription } from './subscription';

export type Parcel = {
  readonly body: Record<string, unknown>;
  /** Whose authorization it needs; undefined: none (lifecycle notifications). */
  readonly subscription: Subscription | undefined;
  /** When it was first to be sent (ms). */
  readonly since: number;
};

const retryForMs = 4 * 3_600_000;
const firstRetryMs = 2_000;
const longestRetryMs = 10 * 60_000;
/** Notifications that fall due within this time share a POST. */
const gatherMs = 20;

/** Sends notifications to one address, and again until they are taken, for at most four hours. */
export class Outbox {
  private readonly due: Parcel[] = [];
  private isFlushing = false;
  private isStopped = false;
  private readonly aborts = new AbortController();

  constructor(
    private readonly context: EngineContext,
    readonly delivery: Delivery,
    private readonly counters: NotificationCounters,
  ) {}

  put(parcel: Parcel, at: number): void {
    this.context.clock.schedule(at, () => {
      this.due.push(parcel);
      if (this.isFlushing) return;
      this.isFlushing = true;
      this.context.clock.schedule(this.context.clock.now() + gatherMs, () => this.flush());
    });
  }

  stop(): void {
    this.isStopped = true;
    this.aborts.abort();
  }

  private flush(): void {
    this.isFlushing = false;
    while (this.due.length > 0) void this.send(this.due.splice(0, this.delivery.perSend()), 0);
  }

  private async send(parcels: readonly Parcel[], attempt: number): Promise<void> {
    if (this.isStopped) return;
    const { clock, settings } = this.context;
    const now = clock.now();
    const allowed = parcels.filter(({ subscription }) => !subscription || subscription.authorizedUntil > now);
    const waiting = parcels.filter((parcel) => !allowed.includes(parcel));
    if (waiting.length > 0) this.putOff(waiting, attempt);
    if (allowed.length === 0) return;
    const signal = AbortSignal.any([
      this.aborts.signal,
      AbortSignal.timeout(Math.max(1, settings.notificationTimeoutMs)),
    ]);
    const bodies = allowed.map(({ body }) => body);
    const sent = await this.delivery.send(bodies, signal);
    this.delivery.health?.note(clock.now() - now);
    if (sent === 'delivered') this.counters.delivered += allowed.length;
    else if (sent === 'lost') this.counters.lost += allowed.length;
    else this.putOff(allowed, attempt);
  }

  private putOff(parcels: readonly Parcel[], attempt: number): void {
    if (this.isStopped) return;
    const { clock } = this.context;
    const wait = Math.min(longestRetryMs, firstRetryMs * 2 ** attempt);
    const again = parcels.filter(({ since }) => clock.now() + wait - since <= retryForMs);
    this.counters.expired += parcels.length - again.length;
    this.counters.retried += again.length;
    if (again.length > 0) clock.schedule(clock.now() + wait, () => void this.send(again, attempt + 1));
  }
}
