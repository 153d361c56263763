import type { Clock } from '../../kernel/clock';
import type { ControlStore } from '../../store/ports/control-store';
import type { Pause } from '../../words/pause';

/** The pauses in force, at most 2 s late: one table call per process and 2 s, however many messages ask. */
export interface PauseSource {
  current(): Promise<readonly Pause[]>;
  /** This process has just changed a pause: the next call reads afresh. */
  forget(): void;
}

const maxAgeMs = 2_000;

export function makePauseSource(control: Pick<ControlStore, 'pauses'>, clock: Clock): PauseSource {
  let reading: { readonly at: number; readonly pauses: Promise<readonly Pause[]> } | undefined;
  return {
    current: () => {
      const now = clock.now();
      if (reading === undefined || now - reading.at >= maxAgeMs) {
        const mine = { at: now, pauses: control.pauses() };
        reading = mine;
        mine.pauses.catch(() => {
          if (reading === mine) reading = undefined;
        });
      }
      return reading.pauses;
    },
    forget: () => {
      reading = undefined;
    },
  };
}
