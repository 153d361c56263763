import { singleCharacter } from './regex-syntax';
import type { CharacterSet, RegexNode } from './regex-syntax';

/** RE2 refuses counts above this; products of nested counts are kept below it too, so that programs stay small. */
const maximumRepeat = 1000;

/**
 * The pattern in RE2's syntax (https://github.com/google/re2/wiki/Syntax), to be compiled case-insensitively, for
 * texts without line breaks. undefined: RE2 has no word for it.
 */
export function toLinearPattern(node: RegexNode, budget = maximumRepeat): string | undefined {
  switch (node.kind) {
    case 'empty':
      return '';
    case 'set': {
      const set = setPattern(node.set);
      return set === undefined || node.ignoreCase ? set : `(?-i:${set})`;
    }
    case 'sequence':
      return joined(node.items, '', budget);
    case 'alternation':
      return wrapped(joined(node.branches, '|', budget));
    case 'group':
      return wrapped(toLinearPattern(node.item, budget));
    case 'assertion':
      return assertionPattern(node.assertion);
    case 'repeat': {
      const count = Math.max(1, node.min, node.max === Infinity ? 1 : node.max);
      if (count > budget) return undefined;
      const item = toLinearPattern(node.item, Math.floor(budget / count));
      if (item === undefined) return undefined;
      const max = node.max === Infinity ? '' : String(node.max);
      return `(?:${item}){${String(node.min)},${max}}`;
    }
    case 'atomic':
    case 'look':
    case 'backreference':
    case 'unsupported':
      return undefined;
  }
}

function joined(nodes: readonly RegexNode[], separator: string, budget: number): string | undefined {
  const parts: string[] = [];
  for (const node of nodes) {
    const part = toLinearPattern(node, budget);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return parts.join(separator);
}

function wrapped(pattern: string | undefined): string | undefined {
  return pattern === undefined ? undefined : `(?:${pattern})`;
}

/** Without line breaks in the text, a line's ends are the text's. Word boundaries differ outside of ASCII. */
function assertionPattern(assertion: Extract<RegexNode, { kind: 'assertion' }>['assertion']): string {
  switch (assertion) {
    case 'start':
    case 'lineStart':
      return '\\A';
    case 'end':
    case 'endOrLastNewline':
    case 'lineEnd':
      return '\\z';
    case 'boundary':
      return '\\b';
    case 'noBoundary':
      return '\\B';
  }
}

function codePattern(code: number): string {
  return `\\x{${code.toString(16)}}`;
}

/** Halves of surrogate pairs are no characters to RE2. */
const isSurrogate = (code: number) => code >= 0xd800 && code <= 0xdfff;

function setPattern(set: CharacterSet): string | undefined {
  const code = singleCharacter(set);
  if (code !== undefined) return isSurrogate(code) ? undefined : codePattern(code);
  const body = setBody(set);
  return body === undefined ? undefined : `[${set.negated ? '^' : ''}${body}]`;
}

function setBody(set: CharacterSet): string | undefined {
  if (set.subtract !== null) return undefined;
  let body = '';
  for (const item of set.items) {
    if (item.kind === 'range') {
      if (isSurrogate(item.from) || isSurrogate(item.to)) return undefined;
      body +=
        item.from === item.to ? codePattern(item.from) : `${codePattern(item.from)}-${codePattern(item.to)}`;
    } else if (item.kind === 'category') {
      // Whether letter case is ignored in a category that is about letter case is not worth guessing.
      if (/^L[ult]$/.test(item.name) || item.name === 'Cn' || item.name === 'C') return undefined;
      body += `\\${item.negated ? 'P' : 'p'}{${item.name}}`;
    } else if (item.set.negated) {
      // The complement of several classes cannot stand inside a set, of one it can.
      const [only] = item.set.items;
      if (item.set.items.length !== 1 || only?.kind !== 'category') return undefined;
      body += `\\${only.negated ? 'p' : 'P'}{${only.name}}`;
    } else {
      const inner = setBody(item.set);
      if (inner === undefined) return undefined;
      body += inner;
    }
  }
  return body === '' ? undefined : body;
}
