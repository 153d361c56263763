import type { Durations } from './timing/duration';
import { commandsTiming } from './timing/commands';
import { doctorTiming } from './timing/doctor';
import { licensingTiming } from './timing/licensing';
import { opsTiming } from './timing/ops';
import { censusTiming } from './timing/pipeline/census';
import { graphTiming } from './timing/graph';
import { guardsTiming } from './timing/pipeline/guards';
import { intakeTiming } from './timing/pipeline/intake';
import { rolloutsTiming } from './timing/pipeline/rollouts';
import { seatsTiming } from './timing/pipeline/seats';
import { observeTiming } from './timing/observe';
import { settingsTiming } from './timing/settings';
import { queueTiming } from './timing/queue';
import { handlersTiming } from './timing/pipeline/handlers';
import { pausesTiming } from './timing/pipeline/pauses';
import { quotaTiming } from './timing/quota';
import { requeueTiming } from './timing/pipeline/requeue';
import { rowTiming } from './timing/pipeline/row';
import { writeTiming } from './timing/pipeline/write';
import { crashesTiming } from './timing/pipeline/crashes';
import { sourcesTiming } from './timing/pipeline/sources';
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
  pauses: pausesTiming,
  handlers: handlersTiming,
  row: rowTiming,
  write: writeTiming,
  requeue: requeueTiming,
  observe: observeTiming,
  sources: sourcesTiming,
  crashes: crashesTiming,
  commands: commandsTiming,
  doctor: doctorTiming,
  licensing: licensingTiming,
  ops: opsTiming,
  census: censusTiming,
  graph: graphTiming,
  guards: guardsTiming,
  intake: intakeTiming,
  rollouts: rolloutsTiming,
  seats: seatsTiming,
} satisfies Readonly<Record<string, Durations>>;
