import { foldCase } from '../fold-case';
import { singleCharacter } from './regex-syntax';
import type { RegexNode } from './regex-syntax';

/**
 * Many rules use a regular expression where a text comparison would do: `^Da.*`, `.*vid`, `Sales|Marketing`. Those
 * are run as what they are. The test takes a text without line breaks, with its letter case folded; undefined: the
 * pattern needs a real engine.
 */
export function toLiteralTest(root: RegexNode): ((folded: string) => boolean) | undefined {
  const branches = root.kind === 'alternation' ? root.branches : [root];
  const tests: ((folded: string) => boolean)[] = [];
  for (const branch of branches) {
    const test = branchTest(branch);
    if (test === undefined) return undefined;
    tests.push(test);
  }
  const [only] = tests;
  return tests.length === 1 ? only : (folded) => tests.some((test) => test(folded));
}

function branchTest(branch: RegexNode): ((folded: string) => boolean) | undefined {
  const items = branch.kind === 'sequence' ? [...branch.items] : [branch];
  const fromStart = isStart(items[0]);
  if (fromStart) items.shift();
  const toEnd = isEnd(items[items.length - 1]);
  if (toEnd) items.pop();
  const anyBefore = isDotStar(items[0]);
  if (anyBefore) items.shift();
  const anyAfter = isDotStar(items[items.length - 1]);
  if (anyAfter) items.pop();
  const texts = spellings({ kind: 'sequence', items });
  if (texts === undefined) return undefined;
  const atStart = fromStart && !anyBefore;
  const atEnd = toEnd && !anyAfter;
  if (atStart && atEnd) return (folded) => texts.includes(folded);
  if (atStart) return (folded) => texts.some((text) => folded.startsWith(text));
  if (atEnd) return (folded) => texts.some((text) => folded.endsWith(text));
  return (folded) => texts.some((text) => folded.includes(text));
}

function isStart(node: RegexNode | undefined): boolean {
  return node?.kind === 'assertion' && (node.assertion === 'start' || node.assertion === 'lineStart');
}

function isEnd(node: RegexNode | undefined): boolean {
  return node?.kind === 'assertion' && ['end', 'endOrLastNewline', 'lineEnd'].includes(node.assertion);
}

/** `.*`: with a text without line breaks, anything. */
function isDotStar(node: RegexNode | undefined): boolean {
  if (node?.kind !== 'repeat' || node.min !== 0 || node.max !== Infinity || node.item.kind !== 'set')
    return false;
  const { set } = node.item;
  const [item] = set.items;
  if (set.items.length !== 1 || set.subtract !== null || item?.kind !== 'range') return false;
  return set.negated ? item.from === 0x0a && item.to === 0x0a : item.from === 0 && item.to === 0xffff;
}

const maximumSpellings = 64;

/** Every text the node can match, letter case folded; undefined when they are too many or not a plain choice. */
function spellings(node: RegexNode): string[] | undefined {
  switch (node.kind) {
    case 'empty':
      return [''];
    case 'set': {
      const code = node.ignoreCase ? singleCharacter(node.set) : undefined;
      // Folding must be the same whether a character stands alone or in a text.
      return code === undefined || code > 0x24f ? undefined : [foldCase(String.fromCharCode(code))];
    }
    case 'group':
      return spellings(node.item);
    case 'sequence':
      return node.items.reduce<string[] | undefined>(
        (before, item) => {
          const after = before === undefined ? undefined : spellings(item);
          if (
            before === undefined ||
            after === undefined ||
            before.length * after.length > maximumSpellings
          ) {
            return undefined;
          }
          return before.flatMap((start) => after.map((end) => start + end));
        },
        [''],
      );
    case 'alternation': {
      const texts: string[] = [];
      for (const branch of node.branches) {
        const more = spellings(branch);
        if (more === undefined || texts.length + more.length > maximumSpellings) return undefined;
        texts.push(...more);
      }
      return texts;
    }
    case 'repeat':
    case 'atomic':
    case 'look':
    case 'assertion':
    case 'backreference':
    case 'unsupported':
      return undefined;
  }
}
