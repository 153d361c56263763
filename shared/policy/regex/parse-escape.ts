import { categorySet, shorthandSet, singleton } from './character-classes';
import type { PatternReader } from './pattern-reader';
import type { CharacterSet } from './regex-syntax';

const controls: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['b', 0x08],
  ['e', 0x1b],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
]);

const wordCharacter = /[\p{L}\p{Mn}\p{Nd}\p{Pc}]/u;

/** What an escape stands for, the backslash being read already. `unsupported`: a block .NET may know, and we do not. */
export type Escape =
  | { readonly kind: 'set'; readonly set: CharacterSet; readonly shorthand: boolean }
  | { readonly kind: 'unsupported'; readonly what: string };

const character = (code: number): Escape => ({ kind: 'set', set: singleton(code), shorthand: false });

/**
 * An escape that names characters, inside or outside of a set (where `\b` is a backspace; outside, the caller has
 * dealt with it): https://learn.microsoft.com/dotnet/standard/base-types/character-escapes-in-regular-expressions.
 * @throws RegexError
 */
export function parseCharacterEscape(reader: PatternReader): Escape {
  const start = reader.at - 1;
  if (reader.done)
    throw reader.fail('the pattern ends with a backslash', start, 'Write two backslashes for one.');
  const letter = reader.next();
  const shorthand = shorthandSet(letter);
  if (shorthand !== undefined) return { kind: 'set', set: shorthand, shorthand: true };
  if (letter === 'p' || letter === 'P') return parseCategory(reader, letter === 'P', start);
  if (/[0-7]/.test(letter)) {
    reader.at--;
    const octal = reader.takeMatch(/[0-7]{1,3}/y);
    return character(parseInt(octal?.[0] ?? '0', 8) & 0xff);
  }
  if (letter === 'x') return parseHex(reader, /[0-9a-f]{2}/iy, start);
  if (letter === 'u') return parseHex(reader, /[0-9a-f]{4}/iy, start);
  if (letter === 'c') {
    const control = reader.takeMatch(/[@-_a-z]/y);
    if (control === null) throw reader.fail('\\c must be followed by a letter', start);
    return character(control[0].toUpperCase().charCodeAt(0) ^ 0x40);
  }
  const code = controls.get(letter);
  if (code !== undefined) return character(code);
  if (wordCharacter.test(letter))
    throw reader.fail(`\\${letter} is no escape`, start, 'Remove the backslash.');
  return character(letter.charCodeAt(0));
}

function parseHex(reader: PatternReader, digits: RegExp, start: number): Escape {
  const match = reader.takeMatch(digits);
  if (match === null) throw reader.fail('too few hexadecimal digits', start);
  return character(parseInt(match[0], 16));
}

function parseCategory(reader: PatternReader, negated: boolean, start: number): Escape {
  const match = reader.takeMatch(/\{([\w-]+)\}/y);
  const name = match?.[1];
  if (name === undefined)
    throw reader.fail('\\p must be followed by a name in braces', start, 'For example \\p{Lu}.');
  const set = categorySet(name, negated);
  if (set !== undefined) return { kind: 'set', set, shorthand: true };
  if (name.startsWith('Is')) return { kind: 'unsupported', what: `the named block ${name}` };
  throw reader.fail(
    `unknown Unicode category ${name}`,
    start,
    'Categories are L, Lu, Ll, N, Nd, P, S, Z and so on.',
  );
}
