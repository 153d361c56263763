import { malformedRequest } from '../engine/graph-fault';

const known: readonly string[] = [
  '$select',
  '$expand',
  '$filter',
  '$search',
  '$orderby',
  '$top',
  '$skip',
  '$count',
  '$skiptoken',
  '$deltatoken',
  '$format',
];

/**
 * Query options by name, with the `$` that Graph lets callers leave out.
 * @throws GraphFault 400
 */
export type QueryOptions = ReadonlyMap<string, string>;

const noOptions: QueryOptions = new Map();

/**
 * Splits and decodes a query string.
 * @throws GraphFault 400 for an unknown option
 */
export function parseQueryOptions(query: string): QueryOptions {
  if (query === '') return noOptions;
  const options = new Map<string, string>();
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decode(equals < 0 ? part : part.slice(0, equals));
    const value = equals < 0 ? '' : decode(part.slice(equals + 1));
    const full = name.startsWith('$') ? name.toLowerCase() : `$${name.toLowerCase()}`;
    if (!known.includes(full)) {
      // Parameters without a dollar are the caller's own affair.
      if (!name.startsWith('$')) continue;
      throw malformedRequest(`The query parameter '${name}' is not supported.`);
    }
    if (options.has(full)) {
      throw malformedRequest(
        `Query option '${full}' was specified more than once, but it must be specified at most once.`,
      );
    }
    options.set(full, value);
  }
  return options;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw malformedRequest(`The query string '${text.slice(0, 100)}' is not valid percent-encoding.`);
  }
}

/** $top from 1 to 999. https://learn.microsoft.com/graph/paging */
export function readTop(options: QueryOptions): number | undefined {
  const text = options.get('$top');
  if (text === undefined) return undefined;
  const top = Number(text);
  if (!/^\d+$/.test(text) || top < 1 || top > 999) {
    throw malformedRequest(
      `Invalid page size specified: '${text.slice(0, 20)}'. Must be between 1 and 999 inclusive.`,
    );
  }
  return top;
}

/**
 * Whether $count=true was asked for.
 * @throws GraphFault 400 for any other value than true or false
 */
export function readCount(options: QueryOptions): boolean {
  const text = options.get('$count');
  if (text === undefined || text === 'false') return false;
  if (text === 'true') return true;
  throw malformedRequest(`Invalid value '${text.slice(0, 20)}' for $count query option found.`);
}
