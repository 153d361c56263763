import { day, minute, second } from './duration';
import type { Durations } from './duration';

/** Defaults of the settings that are durations (docs/settings.md). */
export const settingsTiming = {
  outage: {
    ms: minute,
    why:
      'LICENSER_OUTAGE_SECONDS: a handler waits this long for tables, queues or Graph to come back before its ' +
      'message goes back to the queue. Longer than a failover takes, shorter than an operator waits.',
  },
  firstVerify: {
    ms: 30 * second,
    why: 'LICENSER_VERIFY_SECONDS: most services have taken up a license by then.',
  },
  day: { ms: day, why: 'What settings count in days.' },
  history: {
    ms: 90 * day,
    why: 'LICENSER_HISTORY_DAYS: timelines are kept for a quarter, which questions about a license seldom go beyond.',
  },
  leavers: {
    ms: 180 * day,
    why:
      'LICENSER_LEAVER_DAYS: rows of users whom the directory does not know any more. Entra restores a deleted ' +
      'user within 30 days, and what we granted must still be known then; half a year answers questions about leavers.',
    source: 'https://learn.microsoft.com/entra/fundamentals/users-restore',
  },
} satisfies Durations;
