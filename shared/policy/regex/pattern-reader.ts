import { RegexError } from './regex-error';

/** Options in force at a place in the pattern. Rules start with `i`: -match never looks at letter case. */
export type Options = {
  readonly i: boolean;
  readonly m: boolean;
  readonly n: boolean;
  readonly s: boolean;
  readonly x: boolean;
};

/** A pattern read from left to right, one UTF-16 unit at a time, with what the parser remembers. */
export class PatternReader {
  at = 0;
  depth = 0;
  options: Options = { i: true, m: false, n: false, s: false, x: false };
  /** Capturing groups so far: unnamed ones are counted, names are kept in order. */
  unnamed = 0;
  readonly names: string[] = [];

  constructor(readonly pattern: string) {}

  get done(): boolean {
    return this.at >= this.pattern.length;
  }

  peek(ahead = 0): string {
    return this.pattern.charAt(this.at + ahead);
  }

  next(): string {
    return this.pattern.charAt(this.at++);
  }

  /** Reads `text` if it is what comes next. */
  take(text: string): boolean {
    if (!this.pattern.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** Reads what a sticky expression matches here. */
  takeMatch(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.at;
    const match = sticky.exec(this.pattern);
    if (match !== null) this.at += match[0].length;
    return match;
  }

  fail(message: string, at = this.at, hint?: string): RegexError {
    return new RegexError(message, at, hint);
  }
}
