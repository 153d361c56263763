import { beginLogRound, nextDeltaPage, visibleSeq } from '../../engine/delta/delta-round';
import { groupDeltaSource, userDeltaSource } from '../../engine/delta/delta-sources';
import type { DeltaState } from '../../engine/delta/delta-token';
import type { Engine } from '../../engine/engine';
import { GraphFault, malformedRequest, unsupportedQuery } from '../../engine/graph-fault';
import { groupProperties, userProperties } from '../../engine/users/directory-properties';
import type { Filter } from '../../odata/filter';
import { parseFilter } from '../../odata/parse-filter';
import { parseSelect } from '../../odata/select-expand';
import { contextOf, refuseOthers } from '../answers';
import type { GraphRequest, GraphResponse, Route } from '../graph-request';
import { roles } from './roles';

type Kind = DeltaState['kind'];

const path = { user: 'users', group: 'groups' } as const;
const selectable = {
  user: { ...userProperties, manager: { kind: 'object' } },
  group: { ...groupProperties, members: { kind: 'objects' } },
} as const;

/** https://learn.microsoft.com/graph/delta-query-overview */
function answerDelta(engine: Engine, request: GraphRequest, kind: Kind): GraphResponse {
  const { options } = request;
  refuseOthers(options, ['$select', '$filter', '$deltatoken', '$skiptoken']);
  const base = `${request.linkBase}/${path[kind]}/delta`;
  const begun = beginRound(engine, request, kind, base);
  if (begun.isLatest) return page(request, kind, base, begun.state, engine, [], true);

  const prefer = request.header('prefer') ?? '';
  const size = Number(/odata\.maxpagesize=(\d{1,3})\b/.exec(prefer)?.[1] ?? engine.settings.deltaPageSize);
  const view = { select: begun.state.select, isMinimal: /return=minimal/.test(prefer) };
  const source =
    kind === 'user'
      ? userDeltaSource(engine, view)
      : groupDeltaSource(engine, view, engine.settings.deltaPageSize);
  const result = nextDeltaPage(engine, source, begun.state, Math.max(1, size));
  return page(request, kind, base, result.state, engine, result.rows, result.isDone);
}

function beginRound(
  engine: Engine,
  request: GraphRequest,
  kind: Kind,
  base: string,
): { state: DeltaState; isLatest: boolean } {
  const { options } = request;
  const skip = options.get('$skiptoken');
  const token = options.get('$deltatoken');
  if (skip !== undefined && token !== undefined) {
    throw malformedRequest('$skiptoken and $deltatoken cannot stand together.');
  }
  if (skip !== undefined)
    return {
      state: engine.deltaTokens.readPageToken(engine, skip, kind, `${base}?$deltatoken=`),
      isLatest: false,
    };
  if (token !== undefined && token !== '' && token !== 'latest') {
    const state = engine.deltaTokens.read(engine, token, kind, `${base}?$deltatoken=`);
    if (state.mode !== 'log') throw malformedRequest('Badly formed token.');
    return { state: beginLogRound(engine, state), isLatest: false };
  }
  const select = parseSelect(options.get('$select'), selectable[kind], kind) ?? null;
  if (kind === 'user') refuseUntracked(select ?? []);
  const seq = visibleSeq(engine);
  const isLatest = token === 'latest';
  const state: DeltaState = {
    kind,
    mode: isLatest ? 'log' : 'full',
    at: isLatest ? seq : 0,
    until: seq,
    select,
    ids: readIdFilter(options.get('$filter')),
    issuedAt: engine.clock.now(),
  };
  return { state, isLatest };
}

/** Properties that other services keep are not tracked. https://learn.microsoft.com/graph/delta-query-overview#resource-limitations */
function refuseUntracked(select: readonly string[]): void {
  const name = select.find((property) => userProperties[property]?.isElsewhere);
  if (name === undefined) return;
  throw new GraphFault(
    400,
    'Request_UnsupportedQuery',
    `Invalid request for delta query. The property '${name}' is not supported in $select.`,
  );
}

function page(
  request: GraphRequest,
  kind: Kind,
  base: string,
  state: DeltaState,
  engine: Engine,
  rows: readonly Record<string, unknown>[],
  isDone: boolean,
): GraphResponse {
  const token = engine.deltaTokens.write({ ...state, issuedAt: engine.clock.now() });
  const context = contextOf(path[kind], state.select ?? undefined);
  const value = state.ids === null ? rows : rows.filter(({ id }) => state.ids?.includes(String(id)));
  return {
    status: 200,
    body: {
      '@odata.context': `${request.linkBase}/$metadata#${context}`,
      ...(isDone
        ? { '@odata.deltaLink': `${base}?$deltatoken=${token}` }
        : { '@odata.nextLink': `${base}?$skiptoken=${token}` }),
      value,
    },
  };
}

/** `id eq '…' or id eq '…'`, at most 50: all that delta can filter. */
function readIdFilter(text: string | undefined): string[] | null {
  if (text === undefined) return null;
  const ids = collectIds(parseFilter(text));
  if (ids.length > 50) throw unsupportedQuery('Delta queries filter at most 50 ids.');
  return ids;
}

function collectIds(filter: Filter): string[] {
  if (filter.type === 'or') return [...collectIds(filter.left), ...collectIds(filter.right)];
  const isId =
    filter.type === 'compare' &&
    filter.operator === 'eq' &&
    filter.path.segments.join('/') === 'id' &&
    typeof filter.literal.value === 'string';
  if (!isId) throw unsupportedQuery('Delta queries can only be filtered by id.');
  return [String(filter.literal.value).toLowerCase()];
}

/** users/delta and groups/delta. */
export const deltaRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/users/delta',
    units: 1,
    roles: roles.deltaUsers,
    handle: (engine, request) => answerDelta(engine, request, 'user'),
  },
  {
    method: 'GET',
    pattern: '/groups/delta',
    units: 1,
    roles: roles.deltaGroups,
    handle: (engine, request) => answerDelta(engine, request, 'group'),
  },
];
