import { timing } from '../../kernel/timing';
import { only } from './effects';
import type { EffectBefore, Step } from './effects';
import type { Moment, Row, RowEvent } from './events';

/** Bulk verification waits until its writes are over, and spreads over as much time again. */
const bulkFactor = 10;

/** How a write is verified. */
export type VerifySetting = { readonly isBulk: boolean; readonly verifyAfterMs: number };

/**
 * A look at whether the write of this time has reached the services. Sent before the row that knows the write is
 * stored: the hint carries the write's time, and one that no row confirms ends after reading the row. Each look comes
 * about twice as late as the one before, so nothing has to count them.
 */
export function verifyEffect(
  writtenAt: number,
  { isBulk, verifyAfterMs }: VerifySetting,
  { now, chance }: Moment,
): readonly EffectBefore[] {
  if (verifyAfterMs === 0) return [];
  const firstMs = verifyAfterMs * (isBulk ? bulkFactor : 1);
  const waitMs = Math.min(timing.row.verifyLongest.ms, Math.max(firstMs, now - writtenAt));
  return [{ kind: 'verify', writtenAt, at: now + Math.round(waitMs * (1 + chance)), isBulk }];
}

/** The write of this time is still the last one, and it has not been verified. */
export function awaitsVerification({ state }: Row, writtenAt: number): boolean {
  if (state === null || state.lastWrite === null || state.writtenAt !== writtenAt) return false;
  return state.verifiedAt === null || state.verifiedAt < writtenAt;
}

/** The services were asked: yes is stored; not yet is asked again; not within a day is a failure, the license stands. */
export function verified(row: Row, event: Extract<RowEvent, { kind: 'verified' }>, moment: Moment): Step {
  const { writtenAt, verdict, text, failure } = event;
  const { state } = row;
  const { now } = moment;
  if (state === null || !awaitsVerification(row, writtenAt)) return only(row, { kind: 'done' });
  if (verdict === 'pending') {
    if (now - writtenAt >= timing.row.verifyFor.ms) {
      return only(row, { kind: 'giveUp', class: 'verify', reason: failure });
    }
    return only(row, { kind: 'done' }, verifyEffect(writtenAt, event, moment));
  }
  return {
    row: { ...row, state: { ...state, verifiedAt: now } },
    timeline: [{ version: state.version, step: 'verified', at: now, text, facts: {} }],
    // An earlier write may not have been verified in time.
    before: state.tries > 1 ? [{ kind: 'closeFailures' }] : [],
    after: [],
    result: { kind: 'done' },
  };
}
