import type { ErrorCode } from '../kernel/error-codes';
import { AppError, ConcurrencyError, TransientError, UserError, ensureError } from '../kernel/errors';

export type ProblemOptions = {
  readonly cause?: unknown;
  readonly hint?: string;
  /** Further members of the answer, such as `needs` and `problems`. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
};

/** An answer of the ops API that is no success (RFC 9457). */
export class OpsProblem extends AppError {
  readonly status: number;
  readonly hint: string | undefined;
  readonly members: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, code: ErrorCode, detail: string, options: ProblemOptions = {}) {
    super(code, detail, options);
    this.status = status;
    this.hint = options.hint;
    this.members = options.members ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** `application/problem+json`: https://www.rfc-editor.org/rfc/rfc9457. */
export type ProblemBody = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly hint?: string;
  readonly requestId: string;
};

const titles: Readonly<Record<number, string>> = {
  400: 'The request is not right',
  401: 'Sign in',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Not possible now',
  413: 'Too large',
  415: 'Not JSON',
  422: 'Not possible',
  429: 'Too many requests',
  500: 'The app failed',
  503: 'Not available now',
};

/** What a thrown value means for the caller. */
export function toProblem(thrown: unknown): OpsProblem {
  if (thrown instanceof OpsProblem) return thrown;
  const error: Error = ensureError(thrown);
  if (error instanceof UserError) {
    const { code, message, hint, details } = error as UserError;
    return new OpsProblem(statusOf(code), code, message, {
      cause: thrown,
      members: details,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  if (!(error instanceof AppError)) {
    // What an unexpected error says may name hosts, paths and rows: it goes to the log, under the request's id.
    return new OpsProblem(500, 'ops/failed', 'The app failed at this request.', {
      cause: thrown,
      hint: 'The app’s log has more, under this requestId.',
    });
  }
  const { code, message } = error as AppError;
  if (error instanceof TransientError) {
    return new OpsProblem(503, code, message, { cause: thrown, retryAfterSeconds: 10 });
  }
  if (error instanceof ConcurrencyError) {
    return new OpsProblem(409, code, message, { cause: thrown, hint: 'Look again, and repeat it.' });
  }
  return new OpsProblem(500, code, message, { cause: thrown, hint: 'The app’s log has more.' });
}

/** Codes that mean: what was named is not there. */
const missing = /\/(?:unknown|unknown-.*|no-queue|no-failure|not-learnt|no-user)$/;
/** Codes that mean: the state of things does not allow it now. */
const conflicts = new Set([
  'rollout/state',
  'rollout/stale',
  'rollout/under-way',
  'rollout/own',
  'policy/active',
  'policy/none-active',
  'approval/own',
  'approval/state',
  'approval/changed',
  'ops/not-paused',
]);

function statusOf(code: string): number {
  if (missing.test(code)) return 404;
  if (conflicts.has(code)) return 409;
  return code.startsWith('config/') ? 503 : 422;
}

/** The body of a problem's answer. */
export function toBody(problem: OpsProblem, requestId: string): ProblemBody {
  return {
    ...problem.members,
    type: 'about:blank',
    title: titles[problem.status] ?? 'The request failed',
    status: problem.status,
    detail: problem.message,
    code: problem.code,
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
    requestId,
  };
}
