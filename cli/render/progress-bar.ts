import type { PlanProgress } from '../../shared/ops/preview/make-preview';
import { isoTime } from '../../shared/kernel/clock';
import { timing } from '../../shared/kernel/timing';

const cells = 30;
const clear = '\r\u001b[K';

/** One line about how far a plan is; a bar when it is known how much there is. `endsAt`: milliseconds, an estimate. */
export function renderProgress({ step, done, total }: PlanProgress, endsAt?: number): string {
  const count = done.toLocaleString('en-US');
  if (step === 'reading') return `reading what was recorded: ${count} users`;
  if (total === null || total === 0) return `planning: ${count} users`;
  const filled = Math.min(cells, Math.floor((cells * done) / total));
  const bar = `${'#'.repeat(filled)}${'.'.repeat(cells - filled)}`;
  const end = endsAt === undefined ? '' : `, done about ${isoTime(endsAt).slice(11, 19)} UTC`;
  return `planning [${bar}] ${count} of ${total.toLocaleString('en-US')} users${end}`;
}

export type ProgressBar = { readonly show: (progress: PlanProgress) => void; readonly end: () => void };

/** Redraws one line of a terminal, at most ten times a second; `end` leaves no trace of it. */
export function makeProgressBar(write: (text: string) => void, now: () => number): ProgressBar {
  let drawnAt = -Infinity;
  let first: { readonly at: number; readonly done: number } | undefined;
  const endsAt = ({ step, done, total }: PlanProgress): number | undefined => {
    if (step !== 'users' || total === null) return undefined;
    first ??= { at: now(), done };
    const passed = now() - first.at;
    if (done <= first.done || passed === 0) return undefined;
    return now() + Math.round((passed * Math.max(0, total - done)) / (done - first.done));
  };
  return {
    show(progress) {
      const end = endsAt(progress);
      if (now() - drawnAt < timing.commands.redraw.ms) return;
      drawnAt = now();
      write(`${clear}${renderProgress(progress, end)}`);
    },
    end: () => {
      if (drawnAt !== -Infinity) write(clear);
    },
  };
}
