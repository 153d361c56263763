import { overrideMembers } from '../../kernel/override-members';
import { counterNames } from '../../observe/counts';
import type { Counters } from '../../observe/counter-book';
import type { Metrics } from '../../observe/metrics';
import type { QueueSender } from '../../queue/queue-sender';
import type { UserState } from '../../words/user-state';
import { seatsOf } from '../row/standing/stood-since';
import type { UserWatcher } from './observe-users';

/** Counts, for the ops API, what metrics count for the outside. */
export function countMetrics(metrics: Metrics, counters: Counters): Metrics {
  return {
    ...metrics,
    written: () => {
      metrics.written();
      counters.add(counterNames.written);
    },
    refused: (refusal) => {
      metrics.refused(refusal);
      counters.add(counterNames.refused(refusal));
      if (refusal === 'throttled' || refusal === 'concurrency') counters.add(counterNames.throttled);
    },
    failed: (failure) => {
      metrics.failed(failure);
      counters.add(counterNames.failed(failure));
    },
    found: (source) => {
      metrics.found(source);
      counters.add(counterNames.found(source));
    },
    gap: (source, by) => {
      metrics.gap(source, by);
      counters.add(counterNames.gaps(source));
    },
    licensed: (stage, ms) => {
      metrics.licensed(stage, ms);
      counters.add(counterNames.time(stage, ms));
    },
  };
}

/** The queues, with hints counted by who saw the user. */
export function countHints(queues: QueueSender, counters: Counters): QueueSender {
  return overrideMembers(queues, {
    sendHints: async (hints, options) => {
      await queues.sendHints(hints, options);
      for (const { source } of hints) counters.add(counterNames.hints(source));
    },
  });
}

/** Counts decisions, and users by outcome and by the SKU they wait for. */
export function makeLevelCounter(counters: Counters): UserWatcher {
  return ({ before, after }) => {
    if (after.decidedAt !== null && after.decidedAt !== before?.decidedAt) counters.add(counterNames.decided);
    const [from, to] = [before === null ? undefined : levelOf(before), levelOf(after)];
    if (from !== to) {
      if (from !== undefined) counters.add(counterNames.users(from), -1);
      counters.add(counterNames.users(to));
    }
    const [waited, waits] = [before === null ? [] : seatsOf(before), seatsOf(after)];
    for (const skuId of waited) if (!waits.includes(skuId)) counters.add(counterNames.waiting(skuId), -1);
    for (const skuId of waits) if (!waited.includes(skuId)) counters.add(counterNames.waiting(skuId));
  };
}

/** What a user counts as: the outcome, or `underWay`. */
export function levelOf({ outcome }: UserState): string {
  return outcome ?? 'underWay';
}
