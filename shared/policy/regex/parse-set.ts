import type { PatternReader } from './pattern-reader';
import { parseCharacterEscape } from './parse-escape';
import { singleCharacter } from './regex-syntax';
import type { CharacterSet, CharacterSetItem, RegexNode } from './regex-syntax';

/**
 * `[...]`, the opening bracket being read already. A first `]` is a character, `-[...]` at the end subtracts.
 * @throws RegexError
 */
export function parseSet(reader: PatternReader): RegexNode {
  const unsupported: string[] = [];
  const set = parseBody(reader, unsupported);
  const [what] = unsupported;
  return what === undefined
    ? { kind: 'set', set, ignoreCase: reader.options.i }
    : { kind: 'unsupported', what };
}

function parseBody(reader: PatternReader, unsupported: string[]): CharacterSet {
  const open = reader.at - 1;
  reader.depth++;
  if (reader.depth > 100) throw reader.fail('sets are nested too deeply', open);
  const negated = reader.take('^');
  const items: CharacterSetItem[] = [];
  let subtract: CharacterSet | null = null;
  for (let first = true; ; first = false) {
    if (reader.done)
      throw reader.fail('[ without ]', open, 'Write \\[ for a bracket that is meant literally.');
    if (!first && reader.take(']')) break;
    if (!first && reader.take('-[')) {
      subtract = parseBody(reader, unsupported);
      if (reader.peek() !== ']') throw reader.fail('a subtracted set must come last');
      continue;
    }
    items.push(parseItem(reader, unsupported));
  }
  reader.depth--;
  return { negated, items, subtract };
}

function parseItem(reader: PatternReader, unsupported: string[]): CharacterSetItem {
  const start = reader.at;
  const from = parseEnd(reader, unsupported);
  const isRange =
    reader.peek() === '-' && reader.peek(1) !== ']' && reader.peek(1) !== '[' && reader.peek(1) !== '';
  if (typeof from !== 'number' || !isRange) {
    return typeof from === 'number' ? { kind: 'range', from, to: from } : { kind: 'set', set: from };
  }
  reader.next();
  const to = parseEnd(reader, unsupported);
  if (typeof to !== 'number') throw reader.fail('a class such as \\d cannot end a range', start);
  if (to < from) throw reader.fail('the range is in reverse order', start);
  return { kind: 'range', from, to };
}

/** One character, or a whole class. */
function parseEnd(reader: PatternReader, unsupported: string[]): number | CharacterSet {
  if (!reader.take('\\')) return reader.next().charCodeAt(0);
  const escape = parseCharacterEscape(reader);
  if (escape.kind === 'unsupported') {
    unsupported.push(escape.what);
    return { negated: false, items: [], subtract: null };
  }
  return escape.shorthand ? escape.set : (singleCharacter(escape.set) ?? escape.set);
}
