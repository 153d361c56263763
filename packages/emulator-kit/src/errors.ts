import { types } from 'node:util';

/** Values that explain an error: ids, ports, paths; never a secret. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** The base of every error that is thrown on purpose. It is told apart by its class and its code, never by its message. */
export class AppError<Code extends string = string> extends Error {
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
 * What the mark is for: every package compiles these classes into its own build, so one process can hold several
 * copies of UserError (an emulator's, another one's, that of a program that runs them). `instanceof UserError` is
 * true for all of them, because all set this mark.
 */
const userErrorMark = Symbol.for('auto-licenser.UserError');

/** The input or a setting is wrong. The message says what and where, the hint how to fix it; exit code 2. */
export class UserError<Code extends string = string> extends AppError<Code> {
  /** How to fix it, one sentence. */
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

/** What was thrown, as an Error. Errors of another realm (a test's sandbox, a vm context) are errors too. */
export function ensureError(thrown: unknown): Error {
  return thrown instanceof Error || types.isNativeError(thrown) ? thrown : new Error(String(thrown));
}
