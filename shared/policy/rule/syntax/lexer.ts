import { strangeCharacter } from './strange-character';
import { RuleError } from './rule-error';
import type { Steps, Token } from './tokens';

const enDash = '\u2013';
const wordStart = /[\p{L}_$]/u;
const wordPart = /[\p{L}\p{N}_.$]/u;
const digit = /[0-9]/;
/** What may stand in a number or an unquoted date-time: `2024-03-01T06:00:00.5+02:00`. */
const numberPart = /[\p{L}0-9_.:+]/u;
const blank = /[\s]/u;

type Lexer = { readonly source: string; readonly steps: Steps; at: number; lastKind: Token['kind'] | null };

/**
 * Splits a rule into tokens, following the section on constructing the body of a membership rule of
 * https://learn.microsoft.com/entra/identity/users/groups-dynamic-membership: operators with `-`, an en dash or no
 * prefix, strings in straight quotes.
 * @throws RuleError at the first character that cannot begin a token.
 */
export function tokenize(source: string, steps: Steps): Token[] {
  const lexer: Lexer = { source, steps, at: 0, lastKind: null };
  const tokens: Token[] = [];
  for (;;) {
    const token = nextToken(lexer);
    tokens.push(token);
    lexer.lastKind = token.kind;
    if (token.kind === 'end') return tokens;
  }
}

function characterAt(source: string, at: number): string {
  const code = source.codePointAt(at);
  return code === undefined ? '' : String.fromCodePoint(code);
}

function isBlank(character: string): boolean {
  // A byte order mark counts as white space in JavaScript, but it is an invisible character, not a blank.
  return character !== '\ufeff' && blank.test(character);
}

function nextToken(lexer: Lexer): Token {
  const { source, steps } = lexer;
  const before = lexer.at;
  while (lexer.at < source.length && isBlank(source.charAt(lexer.at))) {
    lexer.at++;
    steps.count++;
  }
  steps.count++;
  const start = lexer.at;
  const character = characterAt(source, start);
  if (character === '') return plain('end', '', start, start);
  switch (character) {
    case '(':
    case ')':
    case '[':
    case ']':
    case ',':
      lexer.at++;
      return plain(character, character, start, lexer.at);
    case '"':
      return doubleQuoted(lexer);
    case "'":
      return singleQuoted(lexer);
  }
  if (character === '-' || character === enDash) return dashed(lexer, start === before);
  if (digit.test(character)) return number(lexer);
  if (wordStart.test(character)) return word(lexer, start, false, false);
  throw strangeCharacter(source, start, character);
}

function plain(kind: Token['kind'], value: string, start: number, end: number): Token {
  return { kind, value, dashed: false, glued: false, start, end };
}

function consume(lexer: Lexer, part: RegExp): void {
  for (;;) {
    const character = characterAt(lexer.source, lexer.at);
    lexer.steps.count++;
    if (character === '' || !part.test(character)) return;
    lexer.at += character.length;
  }
}

function word(lexer: Lexer, start: number, withDash: boolean, glued: boolean): Token {
  const from = lexer.at;
  consume(lexer, wordPart);
  const value = lexer.source.slice(from, lexer.at);
  return { kind: 'word', value, dashed: withDash, glued, start, end: lexer.at };
}

function number(lexer: Lexer): Token {
  const start = lexer.at;
  for (;;) {
    consume(lexer, numberPart);
    const next = characterAt(lexer.source, lexer.at + 1);
    if (lexer.source[lexer.at] !== '-' || !digit.test(next)) break;
    lexer.at++;
  }
  return plain('number', lexer.source.slice(start, lexer.at), start, lexer.at);
}

function dashed(lexer: Lexer, noBlankBefore: boolean): Token {
  const { source, at: start } = lexer;
  const glued = noBlankBefore && (lexer.lastKind === 'word' || lexer.lastKind === 'number');
  const next = characterAt(source, start + 1);
  lexer.at++;
  if (wordStart.test(next)) return word(lexer, start, true, glued);
  if (digit.test(next) && source[start] === '-') {
    const { value, end } = number(lexer);
    return plain('number', `-${value}`, start, end);
  }
  throw new RuleError(
    'rule/dash',
    'A dash must be followed directly by the name of an operator',
    { source, start, end: start + 1 },
    isBlank(next) ? 'Remove the blank after the dash: -eq, not - eq.' : undefined,
  );
}

function doubleQuoted(lexer: Lexer): Token {
  const { source, at: start } = lexer;
  let value = '';
  let at = start + 1;
  let escaped = false;
  for (;;) {
    lexer.steps.count++;
    const character = source[at];
    if (character === undefined) throw unterminated(source, start, escaped);
    if (character === '"') break;
    // Older pages escape a quote with a backtick, newer ones with a backslash; before anything else both are text.
    if ((character === '\\' || character === '`') && source[at + 1] === '"') {
      escaped = true;
      value += '"';
      at += 2;
    } else {
      value += character;
      at++;
    }
  }
  lexer.at = at + 1;
  return plain('string', value, start, lexer.at);
}

function singleQuoted(lexer: Lexer): Token {
  const { source, at: start } = lexer;
  let value = '';
  let at = start + 1;
  for (;;) {
    lexer.steps.count++;
    const character = source[at];
    if (character === undefined) throw unterminated(source, start, false);
    if (character === "'" && source[at + 1] !== "'") break;
    value += character;
    at += character === "'" ? 2 : 1;
  }
  lexer.at = at + 1;
  return plain('string', value, start, lexer.at);
}

function unterminated(source: string, start: number, escaped: boolean): RuleError {
  const quote = source.charAt(start);
  return new RuleError(
    'rule/unterminated-string',
    `The text that begins here has no closing ${quote === '"' ? 'double' : 'single'} quote`,
    { source, start, end: source.length },
    escaped
      ? 'A backslash or backtick before a double quote makes the quote part of the text; put a text that ends with one in single quotes.'
      : `Close it with ${quote}.`,
  );
}
