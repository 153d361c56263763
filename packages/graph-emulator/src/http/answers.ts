import type { Engine } from '../engine/engine';
import { malformedRequest } from '../engine/graph-fault';
import { checkFilter } from '../odata/check-filter';
import type { FilterScope } from '../odata/check-filter';
import type { Filter } from '../odata/filter';
import { parseFilter } from '../odata/parse-filter';
import { readCount, readTop } from '../odata/query-options';
import type { QueryOptions } from '../odata/query-options';
import { isAdvanced } from './graph-request';
import type { GraphRequest, GraphResponse } from './graph-request';

type Json = Record<string, unknown>;

/** https://learn.microsoft.com/graph/paging */
const defaultPageSize = 100;

/** The @odata.context of a single entity of a set. */
export function entityContext({ linkBase }: GraphRequest, set: string): string {
  return `${linkBase}/$metadata#${set}/$entity`;
}

/** An answer with one entity. */
export function entity(request: GraphRequest, set: string, view: Json, status = 200): GraphResponse {
  const body: Json = { '@odata.context': entityContext(request, set) };
  // Not a spread: a copy in a loop keeps the object's shape, which JSON.stringify reads faster.
  for (const name of Object.keys(view)) body[name] = view[name];
  return { status, body };
}

/** `users(id,displayName)`: the entity set with what was selected. */
export function contextOf(set: string, select: readonly string[] | undefined): string {
  return select ? `${set}(${select.join(',')})` : set;
}

/**
 * The parsed and checked $filter; undefined: the request has none.
 * @throws GraphFault 400
 */
export function readFilter(
  request: GraphRequest,
  scope: Omit<FilterScope, 'isAdvanced'>,
): Filter | undefined {
  const text = request.options.get('$filter');
  if (text === undefined) return undefined;
  const filter = parseFilter(text);
  checkFilter(filter, { ...scope, isAdvanced: isAdvanced(request) });
  return filter;
}

/**
 * One page of a collection. `items` starts at the position it is given; positions are places in an unchanging order.
 * @throws GraphFault 400
 */
export function collectionPage<Item>(
  engine: Engine,
  request: GraphRequest,
  set: string,
  source: {
    readonly items: (from: number) => Iterable<readonly [position: number, item: Item]>;
    readonly view: (item: Item) => Json;
    /** Every option that this collection understands; others are refused. */
    readonly allows: readonly string[];
  },
): GraphResponse {
  const { options } = request;
  refuseOthers(options, source.allows);
  const size = readTop(options) ?? defaultPageSize;
  const from = readSkipToken(engine, options);
  const value: Json[] = [];
  let next: number | undefined;
  for (const [position, item] of source.items(from)) {
    if (value.length === size) {
      next = position;
      break;
    }
    value.push(source.view(item));
  }
  const body: Json = { '@odata.context': `${request.linkBase}/$metadata#${set}` };
  if (readCount(options) && isAdvanced(request) && from === 0) body['@odata.count'] = countAll(source.items);
  if (next !== undefined) {
    const path = request.segments.map(encodeURIComponent).join('/');
    body['@odata.nextLink'] =
      `${request.linkBase}/${path}?${writeOptions(options, '$skiptoken', engine.seal.seal({ from: next }))}`;
  }
  body.value = value;
  return { status: 200, body };
}

/**
 * Refuses query options that a request does not take.
 * @throws GraphFault 400
 */
export function refuseOthers(options: QueryOptions, allowed: readonly string[]): void {
  for (const name of options.keys()) {
    if (!allowed.includes(name) && name !== '$format') {
      throw malformedRequest(`The query option '${name}' is not supported for this request.`);
    }
  }
}

/** Items of a list with their places. */
export function* numbered<Item>(items: readonly Item[], from: number): Generator<readonly [number, Item]> {
  for (let index = from; index < items.length; index += 1) {
    const item = items[index];
    if (item !== undefined) yield [index, item];
  }
}

/** The options as a query string, with one of them set. */
export function writeOptions(options: QueryOptions, name: string, value: string): string {
  const kept = [...options].filter(([key]) => key !== name);
  return [...kept, [name, value] as const]
    .map(([key, text]) => `${key}=${encodeURIComponent(text)}`)
    .join('&');
}

function readSkipToken(engine: Engine, options: QueryOptions): number {
  const text = options.get('$skiptoken');
  if (text === undefined) return 0;
  const opened = engine.seal.open(text);
  const from =
    typeof opened === 'object' && opened !== null ? (opened as { from?: unknown }).from : undefined;
  if (typeof from !== 'number') throw malformedRequest('Badly formed token.');
  return from;
}

function countAll(items: (from: number) => Iterable<unknown>): number {
  let count = 0;
  for (const _ of items(0)) count += 1;
  return count;
}
