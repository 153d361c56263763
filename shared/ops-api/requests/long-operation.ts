import type { Clock } from '../../kernel/clock';
import { isoTime } from '../../kernel/clock';
import type { FirstRequest } from './remember-answer';
import type { Asker, LongOperation } from '../../store/ports/ops/operator-request';
import type { Stored } from '../../store/ports/record-store';
import type { LongOperationView } from '../schemas';

/** https://tc39.es/ecma262/#sec-time-values-and-time-range */
const endOfTime = 8_640_000_000_000_000;

/** The id of what a request asks for: the same for every repetition with its Idempotency-Key; the newest sort first. */
export function idOfRequest(prefix: string, { at, name }: FirstRequest): string {
  return `${prefix}-${(endOfTime - at).toString(36).padStart(11, '0')}-${name}`;
}

/** The one operation that an approval can lead to: two approvers at once make no second one. */
export function longOperationOf(approvalId: string): string {
  return approvalId.replace(/^approval-/, 'op-');
}

/** An operation as it is asked for. */
export function newLongOperation(
  clock: Clock,
  asked: {
    route: string;
    input: unknown;
    asker: Asker;
    why: string | null;
    requestId: string;
    auditKey: string | null;
    approvalId: string | null;
  },
): LongOperation {
  return {
    ...asked,
    state: 'queued',
    askedAt: clock.now(),
    startedAt: null,
    endedAt: null,
    beatAt: null,
    attempts: 0,
    sentAt: null,
    progress: null,
    result: null,
    problem: null,
  };
}

/** An operation for people; times are ISO 8601. */
export function toLongOperationView({ id, value }: Stored<LongOperation>): LongOperationView {
  const time = (at: number | null) => (at === null ? null : isoTime(at));
  return {
    id,
    route: value.route,
    state: value.state,
    by: value.asker.name,
    why: value.why,
    askedAt: isoTime(value.askedAt),
    startedAt: time(value.startedAt),
    endedAt: time(value.endedAt),
    progress: value.progress,
    result: value.result ?? null,
    problem: value.problem,
  };
}
