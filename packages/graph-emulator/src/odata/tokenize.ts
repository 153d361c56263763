import { malformedRequest } from '../engine/graph-fault';

export type Token =
  | {
      readonly kind: 'string' | 'number' | 'guid' | 'dateTime' | 'name';
      readonly text: string;
      readonly at: number;
    }
  | { readonly kind: '(' | ')' | ',' | '/' | ':' | 'end'; readonly text: string; readonly at: number };

const patterns: readonly (readonly [Token['kind'], RegExp])[] = [
  ['string', /'(?:[^']|'')*'/y],
  ['guid', /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])/iy],
  ['dateTime', /\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?(?![\w-])/iy],
  ['number', /-?\d+(?:\.\d+)?(?![\w.])/y],
  ['name', /[$@A-Za-z_][\w.@]*/y],
  ['(', /\(/y],
  [')', /\)/y],
  [',', /,/y],
  ['/', /\//y],
  [':', /:/y],
];

/**
 * The tokens of an OData expression, ended by one of kind `end`.
 * @throws GraphFault 400
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at] ?? '')) {
      at += 1;
      continue;
    }
    const token = readToken(text, at);
    if (!token) throw syntaxError(text, at);
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ kind: 'end', text: '', at });
  return tokens;
}

/** GraphFault 400 with Graph's text for a filter that does not parse; `at` is the position in it. */
export function syntaxError(text: string, at: number): Error {
  return malformedRequest(`Invalid filter clause: Syntax error at position ${at} in '${text}'.`);
}

function readToken(text: string, at: number): Token | undefined {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) return { kind, text: match[0], at };
  }
  return undefined;
}
