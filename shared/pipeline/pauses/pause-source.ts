import type { Clock } from '../../kernel/clock';
import { remember } from '../../kernel/remembered';
import { timing } from '../../kernel/timing';
import type { ControlStore } from '../../store/ports/control-store';
import type { Pause } from '../../words/pause';

/** The pauses in force, at most 2 s late: one table call per process and 2 s, however many messages ask. */
export interface PauseSource {
  current(): Promise<readonly Pause[]>;
  /** This process has just changed a pause: the next call reads afresh. */
  forget(): void;
}

/** A PauseSource over the table `control`. */
export function makePauseSource(control: Pick<ControlStore, 'pauses'>, clock: Clock): PauseSource {
  const pauses = remember(() => control.pauses(), { clock, maxAgeMs: timing.sources.pauses.ms });
  return { current: () => pauses.current(), forget: () => pauses.forget() };
}
