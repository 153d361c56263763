import { overrideMembers } from '../../kernel/override-members';
import type { EventSink } from '../../observe/event-sink';
import type { Metrics } from '../../observe/metrics';
import type { FailureStore } from '../../store/ports/failure-store';

/** The failures, counted and reported. */
export function observeFailures(
  failures: FailureStore,
  { metrics, events }: { readonly metrics: Metrics; readonly events: EventSink },
): FailureStore {
  return overrideMembers(failures, {
    record: async (failure, at, since) => {
      await failures.record(failure, at, since);
      metrics.failed(failure.class);
      const { code, text } = failure.reason;
      events.emit({ event: 'failure', subject: failure.subject, reason: { code, text } });
    },
  });
}
