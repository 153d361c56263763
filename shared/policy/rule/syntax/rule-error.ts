import type { RuleWarningCode } from '../../../kernel/error-codes/findings';
import type { ErrorCode } from '../../../kernel/error-codes';
import { UserError } from '../../../kernel/errors';

/** What can be wrong with a rule; each is explained in the list of error codes. */
export type RuleErrorCode = Extract<ErrorCode, `rule/${string}`>;

/**
 * A rule that Entra would refuse. `start` and `end` are offsets into the rule's text (UTF-16 units); `line` and
 * `column` count from 1.
 */
export class RuleError extends UserError<RuleErrorCode> {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;

  constructor(
    code: RuleErrorCode,
    message: string,
    at: { readonly source: string; readonly start: number; readonly end: number },
    hint?: string,
  ) {
    super(code, message, hint === undefined ? {} : { hint });
    this.start = at.start;
    this.end = at.end;
    const position = positionAt(at.source, at.start);
    this.line = position.line;
    this.column = position.column;
  }
}

/** Line and column, both from 1, of an offset. CR LF, LF and CR end a line. */
export function positionAt(source: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let index = 0; index < offset && index < source.length; index++) {
    const character = source[index];
    if (character === '\n' || (character === '\r' && source[index + 1] !== '\n')) {
      line++;
      lineStart = index + 1;
    }
  }
  return { line, column: offset - lineStart + 1 };
}

/** Something in a valid rule that deserves a second look; offsets as in RuleError. */
export type RuleWarning = {
  readonly code: RuleWarningCode;
  readonly message: string;
  readonly start: number;
  readonly end: number;
};
