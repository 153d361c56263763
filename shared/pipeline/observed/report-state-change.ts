import type { EventSink } from '../../observe/event-sink';
import type { Metrics } from '../../observe/metrics';
import type { TimesStore } from '../../store/ports/times-store';
import type { UserWatcher } from './observe-users';
import { licensedBy } from './licensed-by';
import type { UserState } from '../../words/user-state';

/** Counts a change of a user's row, and tells the outside of those that it should know of. */
export function makeStateChangeReporter(sinks: {
  readonly metrics: Metrics;
  readonly events: EventSink;
  readonly times: Pick<TimesStore, 'record'>;
  /** Told what could not be recorded. */
  readonly onError: (error: unknown) => void;
}): UserWatcher {
  const { metrics, events, times } = sinks;
  return ({ userId, before, after }) => {
    if (after.outcome !== null && after.outcome !== (before?.outcome ?? null)) {
      metrics.outcome(after.outcome);
      tellOutcome(events, userId, after);
    }
    tellSeats(events, before, after);
    const sample = licensedBy(userId, before, after);
    if (sample === undefined) return;
    for (const [stage, ms] of sample.stages) metrics.licensed(stage, ms);
    void times.record(sample).catch(sinks.onError);
  };
}

function tellOutcome(events: EventSink, userId: string, { outcome, reasons }: UserState): void {
  const reason = reasons[0];
  if (outcome !== 'blocked' && outcome !== 'held') return;
  // In observe mode everybody whom the policy would change is held: that is no trouble.
  if (reason?.code === 'mode/observe') return;
  events.emit({
    event: outcome,
    subject: userId,
    reason: { code: reason?.code ?? outcome, text: reason?.text ?? '' },
  });
}

function tellSeats(events: EventSink, before: UserState | null, after: UserState): void {
  const waited = new Set(waitingSkus(before).map(({ skuId }) => skuId));
  for (const { skuId, reason } of waitingSkus(after)) {
    if (waited.has(skuId)) continue;
    events.emit({ event: 'seatsOut', subject: skuId, reason: { code: reason.code, text: reason.text } });
  }
}

function waitingSkus(state: UserState | null): UserState['skus'] {
  return (state?.skus ?? []).filter(({ outcome }) => outcome === 'waiting');
}
