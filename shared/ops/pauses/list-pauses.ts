import { isoTime } from '../../kernel/clock';
import type { Services } from '../../pipeline/services';
import { timing } from '../../kernel/timing';
import type { Pause } from '../../words/pause';

/** A pause in force. */
export type PauseView = {
  readonly scope: string;
  /** `operator`, or the product's own: `permission`, `configuration`. */
  readonly origin: string;
  readonly reason: string;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  readonly ageMs: number;
  /** For more than a day: an operator may have forgotten it. */
  readonly isOld: boolean;
};

/** The oldest first. */
export async function listPauses({
  control,
  clock,
}: Pick<Services, 'control' | 'clock'>): Promise<readonly PauseView[]> {
  const pauses = [...(await control.pauses())].sort((a, b) => a.at - b.at);
  return pauses.map((pause) => toPauseView(pause, clock.now()));
}

/** A pause for people. */
export function toPauseView(
  { scope, origin, reason, by, at }: Pick<Pause, 'scope' | 'origin' | 'reason' | 'by' | 'at'>,
  now: number,
): PauseView {
  const ageMs = Math.max(0, now - at);
  return { scope, origin, reason, by, at: isoTime(at), ageMs, isOld: ageMs > timing.doctor.pauseOld.ms };
}

/** Pauses older than a day, which an operator may have forgotten. */
export async function findOldPauses(
  pipeline: Pick<Services, 'control' | 'clock'>,
): Promise<readonly PauseView[]> {
  return (await listPauses(pipeline)).filter(({ isOld }) => isOld);
}
