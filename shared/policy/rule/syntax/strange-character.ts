import { RuleError } from './rule-error';

const typographicQuotes = new Set(
  '\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2033\u2032\uff02\uff07\u00b4',
);
const otherDashes = new Set('\u2010\u2011\u2012\u2014\u2015\u2212\ufe58\ufe63\uff0d');
const invisible = new Set('\ufeff\u200b\u200c\u200d\u2060\u00ad\u200e\u200f');

const hints: Readonly<Record<string, string>> = {
  '=': 'Entra writes -eq.',
  '!': 'Entra writes -not for "not" and -ne for "not equal".',
  '<': 'Entra writes -le; dates only.',
  '>': 'Entra writes -ge; dates only.',
  '&': 'Entra writes -and.',
  '|': 'Entra writes -or.',
  '#': 'The rule language has no comments.',
  '/': 'The rule language has no comments.',
  '*': 'There are no wildcards; use -startsWith, -endsWith or -contains.',
  '{': 'Lists stand in square brackets: ["A", "B"].',
  '}': 'Lists stand in square brackets: ["A", "B"].',
  ';': 'Use a comma between the values of a list, and -and or -or between conditions.',
  '\\': 'A backslash belongs inside a text; if the rule was copied from JSON or a script, remove the escaping first.',
  '`': 'A backtick belongs inside a text; if the rule was copied from a PowerShell script, remove the escaping first.',
  '+': 'Entra writes -plus: system.now -plus P1D.',
};

function codeOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** What to say about a character that no token begins with. */
export function strangeCharacter(source: string, start: number, character: string): RuleError {
  const at = { source, start, end: start + character.length };
  if (typographicQuotes.has(character)) {
    return new RuleError(
      'rule/quote',
      `Typographic quote ${character} (${codeOf(character)}): a text stands in straight quotes`,
      at,
      'Replace it with " (or with \' on both sides).',
    );
  }
  if (otherDashes.has(character)) {
    return new RuleError(
      'rule/dash',
      `The dash ${character} (${codeOf(character)}) does not begin an operator`,
      at,
      'Type a plain hyphen: -eq.',
    );
  }
  if (invisible.has(character)) {
    return new RuleError(
      'rule/character',
      `Invisible character ${codeOf(character)}`,
      at,
      'It came with a copy from a web page or a document; delete it.',
    );
  }
  const printable = /\p{C}/u.test(character) ? codeOf(character) : `"${character}"`;
  return new RuleError('rule/character', `Unexpected character ${printable}`, at, hints[character]);
}
