import type { RuleWarningCode } from '../../../kernel/error-codes/findings';
import { RuleError } from './rule-error';
import type { RuleErrorCode, RuleWarning } from './rule-error';
import type { Steps, Token } from './tokens';

/** The tokens of one rule, read from left to right, with what errors and warnings need. */
export class TokenReader {
  readonly warnings: RuleWarning[] = [];
  /** How many parentheses, lists and -not stand around the next token. */
  depth = 0;
  /** Where the token ends that was read last. */
  lastEnd = 0;
  #at = 0;

  constructor(
    readonly source: string,
    private readonly tokens: readonly Token[],
    private readonly steps: Steps,
  ) {}

  peek(ahead = 0): Token {
    this.steps.count++;
    const token = this.tokens[Math.min(this.#at + ahead, this.tokens.length - 1)];
    if (token === undefined) throw new RuleError('rule/empty', 'The rule is empty', this.at(0, 0));
    return token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#at++;
    this.lastEnd = token.end;
    return token;
  }

  /** Is the next token this word, with or without a dash, in any case? */
  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'word' && token.value.toLowerCase() === word;
  }

  /** The token as written, shortened, for messages. */
  describe(token: Token): string {
    if (token.kind === 'end') return 'the end of the rule';
    const text = this.source.slice(token.start, token.end);
    return text.length > 40 ? `${text.slice(0, 39)}…` : text;
  }

  readonly fail = (
    code: RuleErrorCode,
    message: string,
    at: { readonly start: number; readonly end: number },
    hint?: string,
  ): RuleError => new RuleError(code, message, this.at(at.start, at.end), hint);

  expected(what: string, found: Token, hint?: string): RuleError {
    const said = this.hintOfDoubledQuotes(found) ?? hint;
    return this.fail('rule/expected', `Expected ${what}, found ${this.describe(found)}`, found, said);
  }

  /** What to do where this token stands directly behind two double quotes; undefined: it does not. */
  hintOfDoubledQuotes({ start, kind }: Token): string | undefined {
    return kind !== 'end' && this.source.slice(0, start).endsWith('""')
      ? 'Two double quotes are an empty text. PowerShell doubles them inside a string: write one on each side.'
      : undefined;
  }

  warn(code: RuleWarningCode, message: string, at: { readonly start: number; readonly end: number }): void {
    this.warnings.push({ code, message, start: at.start, end: at.end });
  }

  private at(start: number, end: number) {
    return { source: this.source, start, end };
  }
}
