import { day, hour, minute, second } from './duration';
import type { Durations } from './duration';

/** The tables. */
export const storeTiming = {
  request: {
    ms: 15 * second,
    why: 'The service answers within 30 s or says OperationTimedOut; half of it is enough for rows as small as these.',
    source:
      'https://learn.microsoft.com/rest/api/storageservices/setting-timeouts-for-table-service-operations',
  },
  requestStep: {
    ms: second,
    why: 'Requests that begin within a second share one limit, and may take as much longer.',
  },
  retry: {
    firstMs: 100,
    maxMs: 5 * second,
    why:
      'Between attempts while the tables are away. A throttled partition serves again within a second; later ' +
      'attempts need not come faster than a failover ends.',
  },
  guardBucket: {
    ms: hour,
    why: 'The guards count per hour: 24 numbers in one row are exact enough for a window of a day.',
  },
  guardWindow: { ms: day, why: 'Guards bound how many users change within any day.' },
  sampleBucket: {
    ms: hour,
    why: 'Samples of the time to a license stand in one partition an hour, so a report reads only its hours.',
  },
  unreadableNoted: {
    ms: 10 * minute,
    why: 'A row that cannot be read is met with every message: log and failure list name it once in this time.',
  },
  longestLease: {
    ms: 5 * minute,
    why: 'Leases are taken for half a minute. One that ends later than this is damaged, or of a clock that is wrong, and is void.',
  },
  failureDismissed: {
    ms: day,
    why: 'A failure that was dismissed and still happens after a day is open again.',
  },
} satisfies Durations;
