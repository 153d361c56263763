import type { CharacterSet, CharacterSetItem } from './regex-syntax';

/**
 * Classes and categories of .NET:
 * https://learn.microsoft.com/dotnet/standard/base-types/character-classes-in-regular-expressions.
 */
const category = (name: string): CharacterSetItem => ({ kind: 'category', name, negated: false });
const range = (from: number, to = from): CharacterSetItem => ({ kind: 'range', from, to });
const set = (items: readonly CharacterSetItem[], negated = false): CharacterSet => ({
  items,
  negated,
  subtract: null,
});

const digits = [category('Nd')];
const words = [category('L'), category('Mn'), category('Nd'), category('Pc')];
const blanks = [range(0x09, 0x0d), range(0x85), category('Z')];

const shorthands: ReadonlyMap<string, CharacterSet> = new Map([
  ['d', set(digits)],
  ['D', set(digits, true)],
  ['w', set(words)],
  ['W', set(words, true)],
  ['s', set(blanks)],
  ['S', set(blanks, true)],
]);

/** `\d`, `\D`, `\w`, `\W`, `\s`, `\S` by their letter. */
export function shorthandSet(letter: string): CharacterSet | undefined {
  return shorthands.get(letter);
}

/** The set of one character, by its code. */
export const singleton = (code: number): CharacterSet => set([range(code)]);
/** `.` */
export const anyButNewline: CharacterSet = set([range(0x0a)], true);
/** `.` with the option s. */
export const anything: CharacterSet = set([range(0x0000, 0xffff)]);

const categories = new Set(
  'L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Cs Co Cn'.split(
    ' ',
  ),
);

/** Named blocks that rules on names and places may use; .NET knows more. */
const blocks: ReadonlyMap<string, CharacterSetItem> = new Map([
  ['IsBasicLatin', range(0x0000, 0x007f)],
  ['IsLatin-1Supplement', range(0x0080, 0x00ff)],
  ['IsLatinExtended-A', range(0x0100, 0x017f)],
  ['IsLatinExtended-B', range(0x0180, 0x024f)],
  ['IsGreek', range(0x0370, 0x03ff)],
  ['IsGreekandCoptic', range(0x0370, 0x03ff)],
  ['IsCyrillic', range(0x0400, 0x04ff)],
  ['IsHebrew', range(0x0590, 0x05ff)],
  ['IsArabic', range(0x0600, 0x06ff)],
  ['IsThai', range(0x0e00, 0x0e7f)],
  ['IsHiragana', range(0x3040, 0x309f)],
  ['IsKatakana', range(0x30a0, 0x30ff)],
  ['IsCJKUnifiedIdeographs', range(0x4e00, 0x9fff)],
  ['IsHangulSyllables', range(0xac00, 0xd7af)],
]);

/** `\p{name}`; undefined: no such category or block is known here. */
export function categorySet(name: string, negated: boolean): CharacterSet | undefined {
  const block = blocks.get(name);
  if (block !== undefined) return set([block], negated);
  return categories.has(name) ? set([{ kind: 'category', name, negated }]) : undefined;
}

const categoryTests = new Map<string, RegExp>();

function inCategory(code: number, name: string): boolean {
  let test = categoryTests.get(name);
  if (test === undefined) {
    test = new RegExp(`\\p{${name}}`, 'u');
    categoryTests.set(name, test);
  }
  return test.test(String.fromCharCode(code));
}

/** Does the set hold this UTF-16 unit, letter case as it is? */
export function setHolds(characters: CharacterSet, code: number): boolean {
  const held = characters.items.some((item) => {
    switch (item.kind) {
      case 'range':
        return code >= item.from && code <= item.to;
      case 'category':
        return inCategory(code, item.name) !== item.negated;
      case 'set':
        return setHolds(item.set, code);
    }
  });
  const subtracted = characters.subtract !== null && setHolds(characters.subtract, code);
  return held !== characters.negated && !subtracted;
}
