import { isoTime } from '../../kernel/clock';
import { findNextCensus } from '../../pipeline/census/find-next-census';
import { requestCensus } from '../../pipeline/census/census-state';
import type { CensusState } from '../../pipeline/census/census-state';
import { readCensus } from '../../pipeline/census/walk-census';
import type { Services } from '../../pipeline/services';
import { recordAction } from '../audit/operator';
import type { Operator } from '../audit/operator';

/** Asks for a census; it begins within a minute, or when the one that runs is done. */
export async function startCensus(
  pipeline: Pick<Services, 'cursors' | 'clock' | 'audit'>,
  operator: Operator,
): Promise<{ readonly asked: true; readonly afterRunning: boolean }> {
  const at = pipeline.clock.now();
  const { state } = await readCensus(pipeline);
  await requestCensus(pipeline.cursors, { at, by: operator.by, reason: 'asked for' });
  await recordAction(pipeline, operator, 'census/start', 'tenant');
  return { asked: true, afterRunning: state !== undefined && state.phase !== 'done' };
}

/** The last census, or the one that runs. Times are ISO 8601. */
export type CensusStatus = {
  readonly state: 'never' | 'due' | 'running' | 'done';
  /** null: there was none yet. */
  readonly census:
    | (Pick<CensusState, 'id' | 'reason' | 'by' | 'phase' | 'counts' | 'drift'> & {
        readonly startedAt: string;
        readonly endedAt: string | null;
        /** Users whose look has not come to an end yet. */
        readonly waitingFor: number;
        /** Of those without an outcome at the end, some. */
        readonly unsettledUsers: readonly string[];
      })
    | null;
};

/** Whether a census runs, is due or is done, with its counts. */
export async function censusStatus(
  pipeline: Pick<Services, 'cursors' | 'clock' | 'settings'>,
): Promise<CensusStatus> {
  const { state: last } = await readCensus(pipeline);
  const next = await findNextCensus(pipeline);
  const state =
    next?.state !== undefined
      ? 'running'
      : next !== undefined
        ? 'due'
        : last === undefined
          ? 'never'
          : 'done';
  if (last === undefined) return { state, census: null };
  const { id, reason, by, phase, counts, drift } = last;
  return {
    state,
    census: {
      id,
      reason,
      by,
      phase,
      counts,
      drift,
      startedAt: isoTime(last.startedAt),
      endedAt: last.endedAt === null ? null : isoTime(last.endedAt),
      waitingFor: last.pending.length + last.followed.length,
      unsettledUsers: last.unsettled,
    },
  };
}
