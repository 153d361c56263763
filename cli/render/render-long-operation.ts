import type { ApprovalView, LongOperationView } from '../../shared/ops-api/schemas';
import { paint } from './paint';
import { renderTime } from './render-time';
import { labeled } from './wrap-text';

/** One line on how far long work is; it goes on when the command is left. */
export function describeProgress({ id, state, progress }: LongOperationView): string {
  const far =
    progress === null || progress.total === 0 ? '' : ` ${String(progress.done)} of ${String(progress.total)}`;
  return `${state}${far} (licenser operation show ${id})`;
}

/** An operation as labeled lines. */
export function renderLongOperation(operation: LongOperationView): string {
  const { id, route, state, by, why, askedAt, endedAt, progress, problem } = operation;
  return `${[
    paint('bold', id),
    labeled('what', route),
    labeled('state', state),
    labeled('asked', `${renderTime(askedAt).slice(0, 19)} (UTC) by ${by}${why === null ? '' : `: ${why}`}`),
    ...(progress === null
      ? []
      : [labeled('progress', `${String(progress.done)} of ${String(progress.total)}`)]),
    ...(endedAt === null ? [] : [labeled('ended', `${renderTime(endedAt).slice(0, 19)} (UTC)`)]),
    ...(problem === null ? [] : [labeled('problem', String(problem['detail']))]),
  ].join('\n')}\n`;
}

/** A request for approval as labeled lines, with the commands that decide it. */
export function renderApproval(approval: ApprovalView): string {
  const { id, text, state, by, why, askedAt, expiresAt, decidedBy, operation } = approval;
  return `${[
    paint('bold', id),
    labeled('what', text),
    labeled('state', `${state}${decidedBy === null ? '' : ` by ${decidedBy}`}`),
    labeled('asked', `${renderTime(askedAt).slice(0, 19)} (UTC) by ${by}: ${why}`),
    ...(state === 'open' ? [labeled('until', `${renderTime(expiresAt).slice(0, 19)} (UTC)`)] : []),
    ...(operation === null ? [] : [labeled('does it', `licenser operation show ${operation}`)]),
    ...(state === 'open' ? ['', `Another person decides it:\n  licenser approval approve ${id}`] : []),
  ].join('\n')}\n`;
}
