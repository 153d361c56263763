/**
 * `word`: a name or an operator, `value` without its dash; `string`: `value` un-escaped; `number`: starts with a
 * digit, so a number or an unquoted date.
 */
export type Token = {
  readonly kind: 'word' | 'string' | 'number' | '(' | ')' | '[' | ']' | ',' | 'end';
  readonly value: string;
  /** The word was written with `-` or an en dash before it. */
  readonly dashed: boolean;
  /** A dashed word that follows a word without a blank: `user.city-eq`. */
  readonly glued: boolean;
  readonly start: number;
  readonly end: number;
};

/** Counts what the lexer and the parser do: their work stays proportional to the rule's length. */
export type Steps = { count: number };
