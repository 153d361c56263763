import type { RehearsalProgress } from '../../../rehearsal/rehearse';
import { isoTime } from '../../../shared/kernel/clock';
import { timing } from '../../../shared/kernel/timing';
import { countText } from './amounts';

const clear = '\r\u001b[K';

/** How far a rehearsal is; `endsAt`: when everybody will have been looked at once, milliseconds, an estimate. */
export function renderRehearsalLine(
  { minutes, known, users }: RehearsalProgress,
  days: number,
  endsAt?: number,
): string {
  const [day, hour, minute] = [Math.floor(minutes / 1_440) + 1, Math.floor(minutes / 60) % 24, minutes % 60];
  const time = `${twoDigits(hour)}:${twoDigits(minute)}`;
  const when = `day ${String(day)} of ${String(days)}, ${time}`;
  if (known >= users) return when;
  const end = endsAt === undefined ? '' : `, all of them about ${isoTime(endsAt).slice(11, 19)} UTC`;
  return `${when}: looked at ${countText(known)} of ${countText(users)} users${end}`;
}

const twoDigits = (figure: number) => String(figure).padStart(2, '0');

/** A line of a terminal that tells how far a rehearsal is. */
export type RehearsalDisplay = {
  readonly show: (progress: RehearsalProgress) => void;
  /** Takes the line away, however the rehearsal ended. */
  readonly end: () => void;
};

/**
 * Redraws one line of a terminal, at most ten times a second.
 * @param now milliseconds since 1970
 */
export function displayRehearsal(
  days: number,
  write: (text: string) => void,
  now: () => number,
): RehearsalDisplay {
  let drawnAt = -Infinity;
  let first: { readonly at: number; readonly known: number } | undefined;
  const endsAt = ({ known, users }: RehearsalProgress): number | undefined => {
    first ??= { at: now(), known };
    const passed = now() - first.at;
    if (known <= first.known || passed === 0) return undefined;
    return now() + Math.round((passed * Math.max(0, users - known)) / (known - first.known));
  };
  return {
    show(progress) {
      const end = endsAt(progress);
      if (progress.minutes >= days * 1_440 || now() - drawnAt < timing.commands.redraw.ms) return;
      drawnAt = now();
      write(`${clear}${renderRehearsalLine(progress, days, end)}`);
    },
    end() {
      if (drawnAt !== -Infinity) write(clear);
    },
  };
}
