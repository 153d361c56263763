import { types } from 'node:util';
import type { ErrorCode } from './error-codes';

/**
 * Errors by what the caller must do about them. Nothing here is ever matched by its message.
 *
 * - UserError: the input or a setting is wrong; say what, where and how to repair it; exit code 2, HTTP 400.
 * - TransientError: the same call may succeed later; `retryAfterMs` when the other side named a time.
 * - PermanentError: the same call will fail again; record it and give up.
 * - ConcurrencyError: another process wrote first; read again and start over.
 */
export type ErrorDetails = Readonly<Record<string, unknown>>;

export class AppError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly details: ErrorDetails;

  constructor(code: Code, message: string, options: { cause?: unknown; details?: ErrorDetails } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = options.details ?? {};
  }
}

/**
 * The emulators' packages import nothing of the product and have a UserError of their own, with this same mark
 * (packages/emulator-kit/src/errors.ts). `instanceof UserError` is true for theirs too, so that what they refuse in a process
 * of the product (a busy port, a wrong file) is shown as any other wrong input.
 */
const userErrorMark = Symbol.for('auto-licenser.UserError');

export class UserError<Code extends ErrorCode = ErrorCode> extends AppError<Code> {
  /** How to repair it, one sentence. */
  readonly hint: string | undefined;

  constructor(
    code: Code,
    message: string,
    options: { hint?: string; cause?: unknown; details?: ErrorDetails } = {},
  ) {
    super(code, message, options);
    this.hint = options.hint;
  }

  get [userErrorMark](): true {
    return true;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return this === UserError
      ? typeof value === 'object' && value !== null && userErrorMark in value
      : Function.prototype[Symbol.hasInstance].call(this, value);
  }
}

export class TransientError<Code extends ErrorCode = ErrorCode> extends AppError<Code> {
  /** What the other side asked for (its Retry-After), in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: Code,
    message: string,
    options: { retryAfterMs?: number; cause?: unknown; details?: ErrorDetails } = {},
  ) {
    super(code, message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

export class PermanentError<Code extends ErrorCode = ErrorCode> extends AppError<Code> {}

export class ConcurrencyError extends AppError<'store/changed-meanwhile'> {
  constructor(what: string, options: { cause?: unknown } = {}) {
    super('store/changed-meanwhile', `${what} was changed by another process`, options);
  }
}

/** What was thrown, as an Error. Errors of another realm (a test's sandbox, a vm context) are errors too. */
export function ensureError(thrown: unknown): Error {
  return thrown instanceof Error || types.isNativeError(thrown) ? thrown : new Error(String(thrown));
}
