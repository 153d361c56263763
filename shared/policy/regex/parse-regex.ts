import { anyButNewline, anything, singleton } from './character-classes';
import { PatternReader } from './pattern-reader';
import { parseCharacterEscape } from './parse-escape';
import { parseGroup } from './parse-group';
import { parseSet } from './parse-set';
import { childrenOf } from './regex-syntax';
import type { Assertion, RegexNode } from './regex-syntax';

/**
 * Parses a pattern as .NET does with RegexOptions.IgnoreCase:
 * https://learn.microsoft.com/dotnet/standard/base-types/regular-expression-language-quick-reference.
 * @throws RegexError when .NET would refuse it
 */
export function parseRegex(pattern: string): RegexNode {
  const reader = new PatternReader(pattern);
  const root = parseAlternation(reader);
  if (!reader.done)
    throw reader.fail(') without (', reader.at, 'Write \\) for a parenthesis meant literally.');
  return resolve(root, reader);
}

function parseAlternation(reader: PatternReader): RegexNode {
  const options = reader.options;
  const branches = [parseSequence(reader)];
  while (reader.take('|')) branches.push(parseSequence(reader));
  // Options set in the middle of a group end with it.
  reader.options = options;
  const [only] = branches;
  return branches.length === 1 && only !== undefined ? only : { kind: 'alternation', branches };
}

function parseSequence(reader: PatternReader): RegexNode {
  const items: RegexNode[] = [];
  for (;;) {
    skipIgnored(reader);
    if (reader.done || reader.peek() === '|' || reader.peek() === ')') break;
    const start = reader.at;
    const atom = parseAtom(reader);
    if (atom === null) continue;
    skipIgnored(reader);
    items.push(parseQuantifier(reader, atom, start));
  }
  const [only] = items;
  if (only === undefined) return { kind: 'empty' };
  return items.length === 1 ? only : { kind: 'sequence', items };
}

/** With the option x, blanks and # comments count for nothing. */
function skipIgnored(reader: PatternReader): void {
  if (!reader.options.x) return;
  while (reader.takeMatch(/\s+|#[^\n]*/y) !== null);
}

const quantifier = /(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})(\?)?/y;
const startsQuantifier = /[*+?]|\{\d+(?:,\d*)?\}/y;
const maximumCount = 2_147_483_647;

function parseQuantifier(reader: PatternReader, item: RegexNode, start: number): RegexNode {
  const match = reader.takeMatch(quantifier);
  if (match === null) return item;
  const [, sign, least, comma, most, lazy] = match;
  const min = sign === undefined ? Number(least) : sign === '+' ? 1 : 0;
  const unbounded = sign === undefined ? comma !== undefined && most === '' : sign !== '?';
  const max = unbounded ? Infinity : sign === '?' ? 1 : comma === undefined ? min : Number(most);
  if (min > maximumCount || (max !== Infinity && max > maximumCount))
    throw reader.fail('the count is too large', start);
  if (max < min) throw reader.fail('the counts in {} are in reverse order', start);
  skipIgnored(reader);
  const after = reader.at;
  if (reader.takeMatch(startsQuantifier) !== null) {
    throw reader.fail('a quantifier follows a quantifier', after, 'Put the inner part in (?:…).');
  }
  return { kind: 'repeat', item, min, max, lazy: lazy !== undefined };
}

const assertions: ReadonlyMap<string, Assertion> = new Map([
  ['A', 'start'],
  // A search begins at the start of the text, where \G holds.
  ['G', 'start'],
  ['z', 'end'],
  ['Z', 'endOrLastNewline'],
  ['b', 'boundary'],
  ['B', 'noBoundary'],
]);

function parseAtom(reader: PatternReader): RegexNode | null {
  const start = reader.at;
  if (reader.takeMatch(startsQuantifier) !== null) {
    throw reader.fail(
      'a quantifier has nothing to repeat',
      start,
      'There are no wildcards in a regular expression; for "ends with" use -endsWith.',
    );
  }
  const ignoreCase = reader.options.i;
  const character = reader.next();
  switch (character) {
    case '(':
      return parseGroup(reader, () => parseAlternation(reader));
    case '[':
      return parseSet(reader);
    case '.':
      return { kind: 'set', set: reader.options.s ? anything : anyButNewline, ignoreCase };
    case '^':
      return { kind: 'assertion', assertion: reader.options.m ? 'lineStart' : 'start' };
    case '$':
      return { kind: 'assertion', assertion: reader.options.m ? 'lineEnd' : 'endOrLastNewline' };
    case '\\':
      return parseEscape(reader, start);
    default:
      return { kind: 'set', set: singleton(character.charCodeAt(0)), ignoreCase };
  }
}

function parseEscape(reader: PatternReader, start: number): RegexNode {
  const ignoreCase = reader.options.i;
  const assertion = assertions.get(reader.peek());
  if (assertion !== undefined) {
    reader.next();
    return { kind: 'assertion', assertion };
  }
  const number = reader.takeMatch(/[1-9]\d*/y);
  if (number !== null) return { kind: 'backreference', capture: number[0], at: start, ignoreCase };
  if (reader.peek() === 'k') {
    const name = reader.takeMatch(/k(?:<(\w+)>|'(\w+)')/y);
    if (name === null) throw reader.fail('\\k must be followed by a name, as in \\k<name>', start);
    return { kind: 'backreference', capture: name[1] ?? name[2] ?? '', at: start, ignoreCase };
  }
  const escape = parseCharacterEscape(reader);
  return escape.kind === 'set'
    ? { kind: 'set', set: escape.set, ignoreCase }
    : { kind: 'unsupported', what: escape.what };
}

function literal(text: string): RegexNode {
  const items = [...text].map((character): RegexNode => {
    return { kind: 'set', set: singleton(character.charCodeAt(0)), ignoreCase: true };
  });
  return { kind: 'sequence', items };
}

/** Ties backreferences to groups: unnamed groups are numbered first, then the named ones. */
function resolve(root: RegexNode, reader: PatternReader): RegexNode {
  const captures = new Map<string, string>();
  for (let number = 1; number <= reader.unnamed; number++) captures.set(String(number), String(number));
  for (const name of reader.names) if (/^\d/.test(name)) captures.set(name, name);
  let next = 1;
  for (const name of reader.names.filter((candidate) => !/^\d/.test(candidate))) {
    while (captures.has(String(next))) next++;
    captures.set(String(next), name);
    captures.set(name, name);
  }
  const visit = (node: RegexNode): RegexNode => {
    switch (node.kind) {
      case 'backreference': {
        const capture = captures.get(node.capture);
        if (capture !== undefined) return { ...node, capture };
        const octal = /^([0-7]{2,3})(\d*)$/.exec(node.capture);
        if (octal !== null) {
          return literal(String.fromCharCode(parseInt(octal[1] ?? '0', 8) & 0xff) + (octal[2] ?? ''));
        }
        throw reader.fail(`there is no group ${node.capture}`, node.at);
      }
      case 'sequence':
        return { ...node, items: node.items.map(visit) };
      case 'alternation':
        return { ...node, branches: node.branches.map(visit) };
      case 'repeat':
      case 'group':
      case 'atomic':
      case 'look':
        return { ...node, item: visit(node.item) };
      case 'empty':
      case 'set':
      case 'assertion':
      case 'unsupported':
        return node;
    }
  };
  return visit(root);
}

/** The node and everything inside it. */
export function* nodesOf(node: RegexNode): Generator<RegexNode> {
  yield node;
  for (const child of childrenOf(node)) yield* nodesOf(child);
}
