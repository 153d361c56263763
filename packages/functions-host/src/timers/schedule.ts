import { UserError } from '../../../emulator-kit/src/errors';
import { parseTimeSpan } from '../time-span';
import { nextNcrontab, parseNcrontab } from './ncrontab';

export type Schedule = {
  readonly text: string;
  /** The first occurrence strictly after `afterMs`, milliseconds since 1970. */
  next(afterMs: number): number;
  /** Missed runs are caught up by default when occurrences are a minute or more apart. */
  readonly monitoredByDefault: boolean;
};

const minuteMs = 60_000;

function fromInterval(text: string, intervalMs: number): Schedule {
  if (intervalMs <= 0) {
    throw new UserError('functions-host/bad-schedule', `"${text}" is not a schedule: the interval is zero`);
  }
  return {
    text,
    next: (afterMs) => afterMs + intervalMs,
    monitoredByDefault: intervalMs >= minuteMs,
  };
}

/**
 * A timer's schedule: NCRONTAB, or a TimeSpan between runs.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer
 * @throws UserError for any other text
 */
export function parseSchedule(text: string, nowMs: number): Schedule {
  const interval = parseTimeSpan(text);
  if (interval !== undefined) return fromInterval(text, interval);
  const cron = parseNcrontab(text);
  const next = (afterMs: number): number => {
    const at = nextNcrontab(cron, afterMs);
    if (at === undefined) {
      throw new UserError('functions-host/bad-schedule', `The schedule "${text}" never fires`);
    }
    return at;
  };
  const first = next(nowMs);
  return { text, next, monitoredByDefault: next(first) - first >= minuteMs };
}
