import type { Options, PatternReader } from './pattern-reader';
import type { RegexNode } from './regex-syntax';

/**
 * `(...)` in all its forms, the opening parenthesis being read already:
 * https://learn.microsoft.com/dotnet/standard/base-types/grouping-constructs-in-regular-expressions.
 * null: options for the rest of the enclosing group, or a comment; there is nothing to match.
 * @throws RegexError
 */
export function parseGroup(reader: PatternReader, parseAlternation: () => RegexNode): RegexNode | null {
  const open = reader.at - 1;
  const inside = (options: Options = reader.options): RegexNode => {
    const outer = reader.options;
    reader.options = options;
    reader.depth++;
    if (reader.depth > 100) throw reader.fail('groups are nested too deeply', open);
    const item = parseAlternation();
    if (!reader.take(')'))
      throw reader.fail('( without )', open, 'Write \\( for a parenthesis meant literally.');
    reader.depth--;
    reader.options = outer;
    return item;
  };
  if (!reader.take('?')) {
    if (reader.options.n) return { kind: 'group', item: inside(), capture: null };
    reader.unnamed++;
    const capture = String(reader.unnamed);
    return { kind: 'group', item: inside(), capture };
  }
  if (reader.take('#')) {
    const end = reader.pattern.indexOf(')', reader.at);
    if (end < 0) throw reader.fail('the comment has no )', open);
    reader.at = end + 1;
    return null;
  }
  if (reader.take(':')) return { kind: 'group', item: inside(), capture: null };
  if (reader.take('>')) return { kind: 'atomic', item: inside() };
  if (reader.take('=')) return { kind: 'look', ahead: true, negative: false, item: inside() };
  if (reader.take('!')) return { kind: 'look', ahead: true, negative: true, item: inside() };
  if (reader.take('<=')) return { kind: 'look', ahead: false, negative: false, item: inside() };
  if (reader.take('<!')) return { kind: 'look', ahead: false, negative: true, item: inside() };
  if (reader.take('(')) return parseConditional(reader, open, parseAlternation, inside);
  const name = reader.takeMatch(/<(\w*)(-\w+)?>|'(\w*)(-\w+)?'/y);
  if (name !== null) return namedGroup(reader, open, name, inside);
  return parseOptions(reader, open, inside);
}

function namedGroup(
  reader: PatternReader,
  open: number,
  match: RegExpExecArray,
  inside: () => RegexNode,
): RegexNode {
  const name = match[1] ?? match[3] ?? '';
  const balances = (match[2] ?? match[4]) !== undefined;
  if (name !== '') {
    if (/^\d/.test(name) && !/^[1-9]\d*$/.test(name))
      throw reader.fail(`"${name}" is no name of a group`, open);
    if (!reader.names.includes(name)) reader.names.push(name);
  } else if (!balances) {
    throw reader.fail('the group has an empty name', open);
  }
  const item = inside();
  return balances
    ? { kind: 'unsupported', what: 'a balancing group' }
    : { kind: 'group', item, capture: name };
}

/** `(?(1)yes|no)`, `(?(name)yes|no)`, `(?(?=condition)yes|no)`: understood, so that the rest is checked. */
function parseConditional(
  reader: PatternReader,
  open: number,
  parseAlternation: () => RegexNode,
  inside: () => RegexNode,
): RegexNode {
  if (reader.takeMatch(/\w+\)/y) === null) parseGroup(reader, parseAlternation);
  const branches = inside();
  if (branches.kind === 'alternation' && branches.branches.length > 2) {
    throw reader.fail('too many | in a conditional', open);
  }
  return { kind: 'unsupported', what: 'a conditional group' };
}

function parseOptions(
  reader: PatternReader,
  open: number,
  inside: (options: Options) => RegexNode,
): RegexNode | null {
  const match = reader.takeMatch(/([imnsx+-]*)([:)])/iy);
  if (match === null || match[1] === undefined) {
    throw reader.fail('unknown kind of group', open, '.NET writes named groups as (?<name>…).');
  }
  const options: Record<keyof Options, boolean> = { ...reader.options };
  let on = true;
  for (const letter of match[1].toLowerCase()) {
    if (letter === '-' || letter === '+') on = letter === '+';
    else options[letter as keyof Options] = on;
  }
  if (match[2] === ':') return { kind: 'group', item: inside(options), capture: null };
  reader.options = options;
  return null;
}
