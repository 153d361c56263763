import type { Directory } from '../../graph/directory';
import { graphErrorClasses } from '../../graph/refusals/graph-error-classes';
import type { Logger } from '../../kernel/logger';
import type { Counters } from '../../observe/counter-book';
import type { EventSink } from '../../observe/event-sink';
import { makeMetrics } from '../../observe/metrics';
import type { QueueSender } from '../../queue/queue-sender';
import { outcomes } from '../../words/outcome';
import { failureClasses } from '../failures/record-failure';
import { resultKinds } from '../row/consequences';
import type { Services } from '../services';
import { countHints, countMetrics, makeLevelCounter } from './count-work';
import { makeAttentionNoter } from './note-attention';
import { observeDirectory } from './observe-directory';
import { observeFailures } from './observe-failures';
import { observeUsers } from './observe-users';
import { makeStateChangeReporter } from './report-state-change';

type Observed = Pick<Services, 'directory' | 'failures' | 'metrics' | 'queues' | 'users'>;

/** The ports through which all work goes, so that it is measured, counted, and told to the outside. */
export function observeWork(
  ports: Pick<Services, 'attention' | 'failures' | 'times' | 'users'> & {
    readonly directory: Directory;
    readonly queues: QueueSender;
  },
  sinks: {
    readonly meter: Parameters<typeof makeMetrics>[0];
    readonly counters: Counters;
    readonly events: EventSink;
    readonly logger: Logger;
  },
): Observed {
  const { meter, counters, events, logger } = sinks;
  const labels = { outcomes, refusals: graphErrorClasses, failures: failureClasses, results: resultKinds };
  const metrics = countMetrics(makeMetrics(meter, labels), counters);
  const watchers = [
    makeStateChangeReporter({
      metrics,
      events,
      times: ports.times,
      onError: (error) => logger.warn('A time was not recorded', { error }),
    }),
    makeLevelCounter(counters),
    makeAttentionNoter(ports.attention, (error) =>
      logger.warn('The list of users who are not done lacks one until the next census', { error }),
    ),
  ];
  return {
    metrics,
    directory: observeDirectory(ports.directory, metrics),
    users: observeUsers(ports.users, (change) => {
      for (const watch of watchers) watch(change);
    }),
    failures: observeFailures(ports.failures, { metrics, events }),
    queues: countHints(ports.queues, counters),
  };
}
