import { minute, second } from './duration';
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
} satisfies Durations;
