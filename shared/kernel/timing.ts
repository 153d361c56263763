import type { Durations } from './timing/duration';
import { opsTiming } from './timing/ops';
import { observeTiming } from './timing/observe';
import { settingsTiming } from './timing/settings';
import { queueTiming } from './timing/queue';
import { quotaTiming } from './timing/quota';
import { storeTiming } from './timing/store';

/**
 * Every duration of the product, by subject: `timing.store.request.ms`. No constant elsewhere holds a number of
 * milliseconds, so that two figures for one thing are seen side by side. docs/timing.md shows the same table.
 * A new subject is a file in `timing/` and a line here.
 */
export const timing = {
  settings: settingsTiming,
  store: storeTiming,
  queue: queueTiming,
  quota: quotaTiming,
  observe: observeTiming,
  ops: opsTiming,
} satisfies Readonly<Record<string, Durations>>;
