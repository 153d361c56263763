import { LineCounter, isMap, isScalar, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { ensureError } from '../../kernel/errors';
import type { Problem } from '../problem';

export type Path = readonly (string | number)[];
type Position = { readonly line: number; readonly column: number };

/** A YAML text with the places of its parts. */
export type YamlSource = {
  readonly content: unknown;
  readonly problems: readonly Problem[];
  /** Is there anything at this path? */
  has(path: Path): boolean;
  /** Where the value at this path begins, or the nearest part around it that exists. */
  positionOf(path: Path): Position;
  /** Where a key stands. */
  positionOfKey(path: Path, key: string): Position;
  /** Where a character of a text value stands in the file. */
  positionInText(path: Path, offset: number): Position;
};

/** Parses YAML 1.2 (so `off` and `on` are words, not booleans); several errors at once. */
export function readYaml(text: string, file: string | undefined): YamlSource {
  const counter = new LineCounter();
  // Without the library's warnings on stderr, such as of a key that is a list: what is wrong is in the problems.
  const options = { version: '1.2', prettyErrors: false, logLevel: 'error' } as const;
  const document = parseDocument(text, { lineCounter: counter, ...options });
  const at = (offset: number): Position => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problem = (
    severity: Problem['severity'],
    code: Problem['code'],
    error: { message: string; pos: [number, number] },
  ) => ({
    severity,
    code,
    message: error.message,
    ...(file === undefined ? {} : { file }),
    ...at(error.pos[0]),
  });
  const errors = document.errors.map((error) => problem('error', 'policy/yaml', error));
  let content: unknown;
  if (errors.length === 0) {
    try {
      content = toContent(document);
    } catch (thrown) {
      // An alias without its anchor, or aliases that multiply beyond measure.
      errors.push(problem('error', 'policy/yaml', { message: ensureError(thrown).message, pos: [0, 0] }));
    }
  }
  const warnings = document.warnings.map((warning) => problem('warning', 'policy/yaml', warning));
  return {
    content,
    problems: [...errors, ...warnings],
    has: (path) => document.hasIn(path),
    positionOf: (path) => at(offsetOf(document, path)),
    positionOfKey: (path, key) => {
      const map = document.getIn(path, true);
      const pair = isMap(map)
        ? map.items.find((item) => isScalar(item.key) && item.key.value === key)
        : undefined;
      const offset = pair !== undefined && isScalar(pair.key) ? pair.key.range?.[0] : undefined;
      return at(offset ?? offsetOf(document, path));
    },
    positionInText: (path, offset) => {
      const node = document.getIn(path, true);
      if (!isScalar(node) || !node.range || typeof node.value !== 'string')
        return at(offsetOf(document, path));
      const raw = text.slice(node.range[0], node.range[1]);
      return at(node.range[0] + offsetInScalar(raw, node.value, offset));
    },
  };
}

function toContent(document: Document): unknown {
  return document.toJS({ maxAliasCount: 100 }) as unknown;
}

function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as
      { range?: [number, number, number] | null } | undefined;
    if (node?.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

/**
 * Where the character at `offset` of a scalar's value stands in its source, quotes, folded line breaks and
 * indentation being skipped.
 */
function offsetInScalar(raw: string, value: string, offset: number): number {
  let at = 0;
  if (raw.startsWith('"') || raw.startsWith("'")) at = 1;
  else if (/^[|>]/.test(raw)) at = raw.indexOf('\n') + 1;
  const isBlank = (character: string | undefined) => character !== undefined && /\s/.test(character);
  const double = raw.startsWith('"');
  for (let index = 0; index < offset; index++) {
    const character = value.charAt(index);
    while (isBlank(raw[at]) && !isBlank(character)) at++;
    if (double && raw[at] === '\\') {
      const escape = /^\\(?:x..|u.{4}|U.{8}|[^])/.exec(raw.slice(at, at + 10));
      at += escape?.[0].length ?? 2;
    } else if (raw.startsWith("'") && raw.startsWith("''", at)) {
      at += 2;
    } else if (isBlank(character) && !isBlank(raw[at])) {
      continue;
    } else {
      at++;
    }
  }
  while (isBlank(raw[at]) && !isBlank(value[offset]) && offset < value.length) at++;
  return Math.min(at, raw.length);
}
