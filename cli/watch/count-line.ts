import { timing } from '../../shared/kernel/timing';

const clear = '\r\u001b[K';

/** A line of a terminal that counts, such as "reading: 12,000 users"; redrawn at most ten times a second; `end` leaves no trace. */
export function makeCountLine(
  write: (text: string) => void,
  now: () => number,
): {
  readonly show: (progress: { readonly step: string; readonly done: number }) => void;
  readonly end: () => void;
} {
  let drawnAt = -Infinity;
  return {
    show({ step, done }) {
      if (now() - drawnAt < timing.commands.redraw.ms) return;
      drawnAt = now();
      write(`${clear}reading: ${done.toLocaleString('en-US')} ${step}`);
    },
    end: () => {
      if (drawnAt !== -Infinity) write(clear);
    },
  };
}
