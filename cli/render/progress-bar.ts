import type { PlanProgress } from '../../shared/ops/preview/make-preview';
import { timing } from '../../shared/kernel/timing';

const cells = 30;
const clear = '\r\u001b[K';

/** One line about how far a plan is; a bar when it is known how much there is. */
export function renderProgress({ step, done, total }: PlanProgress): string {
  const count = done.toLocaleString('en-US');
  if (step === 'reading') return `reading what was recorded: ${count} users`;
  if (total === null || total === 0) return `planning: ${count} users`;
  const filled = Math.min(cells, Math.floor((cells * done) / total));
  const bar = `${'#'.repeat(filled)}${'.'.repeat(cells - filled)}`;
  return `planning [${bar}] ${count} of ${total.toLocaleString('en-US')} users`;
}

export type ProgressBar = { readonly show: (progress: PlanProgress) => void; readonly end: () => void };

/** Redraws one line of a terminal, at most ten times a second; `end` leaves no trace of it. */
export function makeProgressBar(write: (text: string) => void, now: () => number): ProgressBar {
  let drawnAt = -Infinity;
  return {
    show(progress) {
      if (now() - drawnAt < timing.commands.redraw.ms) return;
      drawnAt = now();
      write(`${clear}${renderProgress(progress)}`);
    },
    end: () => {
      if (drawnAt !== -Infinity) write(clear);
    },
  };
}
