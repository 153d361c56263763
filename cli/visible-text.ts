/**
 * What a terminal would obey instead of showing it: C0 and C1 controls and DEL, line and paragraph separators, marks that turn
 * the direction of writing, the byte order mark and tag characters.
 * https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
 */
const controls =
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu;

/** The same but for these; of a long text, a match of each line or character would take its memory many times over. */
const controlsBut = (kept: string): string => controls.source.replace('\\u0000-\\u001f', kept);
const controlsInJson = new RegExp(controlsBut('\\u0000-\\u0009\\u000b-\\u001f'), 'gu');
/** A color of this program, its moves up, its clearing of what follows (watch, progress), or what is to be shown. */
const sequenceOrControl = new RegExp(
  `\\u001b\\[(?:[0-9;]*m|[0-9]*A|[JK])|${controlsBut('\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f')}`,
  'gu',
);

const shortNames: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return shortNames[character] ?? (code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`);
}

/** A text of the directory, or of anybody, as one line that a terminal only shows. */
export function visibleLine(text: string): string {
  return text.replace(controls, escaped);
}

/** What this program composed, with its own line ends, tabs and colors; everything else that a terminal obeys is shown. */
export function visibleText(text: string): string {
  return text.replace(sequenceOrControl, (part) => (part.length > 2 ? part : visibleLine(part)));
}

/** A document that people wrote, such as a policy: its lines and tabs are its own, but no sequence in it is this program's. */
export function visibleDocument(text: string): string {
  return visibleText(text.replaceAll('\u001b', '\\u001b'));
}

/**
 * Facts whose every text is one line that a terminal only shows: names that people gave to users, groups and rules can
 * neither draw on the terminal nor invent lines. Everything but texts, lists and plain objects stays as it is.
 */
export function visibleFacts<Facts>(facts: Facts): Facts {
  return visible(facts) as Facts;
}

function visible(value: unknown): unknown {
  if (typeof value === 'string') return visibleLine(value);
  if (Array.isArray(value)) return value.map(visible);
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [visibleLine(key), visible(one)]));
}

/** Facts for a command: as they are where it prints JSON, which escapes by itself. */
export function factsFor<Facts>(options: { readonly json?: unknown }, facts: Facts): Facts {
  return options.json === true ? facts : visibleFacts(facts);
}

/**
 * JSON in which nothing that a terminal obeys stands as itself; the value is the same.
 * @param indent blanks a level; 0: all in one line
 */
export function visibleJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent).replace(controlsInJson, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** A longer list is written in parts of so many items: as one text it would need its memory several times over. */
const longList = 1_000;

/** `visibleJson` of a value in parts, which together are the same text: long lists of its first level come by and by. */
export function* visibleJsonParts(value: unknown): Iterable<string> {
  if (isLong(value)) {
    yield* listParts(value, '');
    return;
  }
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (Array.isArray(value) || !entries.some(([, one]) => isLong(one))) {
    yield visibleJson(value);
    return;
  }
  let before = '{';
  for (const [key, one] of entries as [string, unknown][]) {
    if (one === undefined) continue;
    yield `${before}\n  ${visibleJson(key)}: `;
    if (isLong(one)) yield* listParts(one, '  ');
    else yield indented(one, '  ');
    before = ',';
  }
  yield '\n}';
}

function isLong(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > longList;
}

function* listParts(items: readonly unknown[], indent: string): Iterable<string> {
  for (let from = 0; from < items.length; from += longList) {
    const part = items.slice(from, from + longList).map((one) => indented(one ?? null, `${indent}  `));
    yield `${from === 0 ? '[' : ','}\n${indent}  ${part.join(`,\n${indent}  `)}`;
  }
  yield `\n${indent}]`;
}

/** No text of JSON has a line's end of its own. */
function indented(value: unknown, indent: string): string {
  return visibleJson(value).replaceAll('\n', `\n${indent}`);
}
