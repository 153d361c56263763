import type { RuleWarningCode } from '../../kernel/error-codes/findings';
import { RuleError } from './syntax/rule-error';
import type { RuleErrorCode, RuleWarning } from './syntax/rule-error';
import type { Located } from './syntax/syntax';

/** Where the checks of one rule put what they find. */
export class RuleReport {
  readonly warnings: RuleWarning[] = [];

  constructor(readonly source: string) {}

  /** The rule's own text between two offsets. */
  text(at: Located): string {
    return this.source.slice(at.start, at.end);
  }

  fail = (code: RuleErrorCode, message: string, at: Located, hint?: string): RuleError =>
    new RuleError(code, message, { source: this.source, start: at.start, end: at.end }, hint);

  warn(code: RuleWarningCode, message: string, at: Located): void {
    this.warnings.push({ code, message, start: at.start, end: at.end });
  }
}
