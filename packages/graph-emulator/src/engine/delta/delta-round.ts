import type { Change } from '../history/change-log';
import type { EngineContext } from '../context';
import type { DeltaState } from './delta-token';

type Json = Record<string, unknown>;

export type DeltaResult = {
  readonly rows: Json[];
  readonly state: DeltaState;
  /** The round is over: `state` belongs into a deltaLink. */
  readonly isDone: boolean;
};

/** What users and groups do differently in a delta round. */
export type DeltaSource = {
  readonly kind: 'user' | 'group';
  /** How many objects there ever were, in order of creation. */
  readonly size: number;
  /** Rows for the object at a position, and how many inner items were told when it is not finished. */
  readonly full: (
    position: number,
    inner: number,
  ) => { readonly row: Json | undefined; readonly inner?: number };
  /** The row for one object that changed; undefined: nothing to tell. */
  readonly changed: (id: string, changes: readonly Change[]) => Json | undefined;
  /** Names that this change touches and the caller watches. */
  readonly isWatched: (change: Change) => boolean;
  /** Inner items that a page of changes holds, however many objects they are spread over. */
  readonly innerPerPage: number;
};

/** Log entries looked at for one page, per row of it. */
const lookAhead = 20;

/**
 * The next page of a delta round: of all objects in a first round, of the change log later.
 * https://learn.microsoft.com/graph/delta-query-overview
 */
export function nextDeltaPage(
  context: EngineContext,
  source: DeltaSource,
  state: DeltaState,
  pageSize: number,
): DeltaResult {
  // A page may be empty and still lead on.
  if (context.settings.emptyDeltaPageRate > 0 && context.random() < context.settings.emptyDeltaPageRate) {
    return { rows: [], state, isDone: false };
  }
  return state.mode === 'full'
    ? fullPage(source, state, pageSize)
    : logPage(context, source, state, pageSize);
}

function fullPage(source: DeltaSource, state: DeltaState, pageSize: number): DeltaResult {
  const rows: Json[] = [];
  let at = state.at;
  let inner = state.inner ?? 0;
  while (at < source.size && rows.length < pageSize) {
    const told = source.full(at, inner);
    if (told.row) rows.push(told.row);
    if (told.inner !== undefined) return { rows, state: { ...state, at, inner: told.inner }, isDone: false };
    inner = 0;
    at += 1;
  }
  const isDone = at >= source.size;
  const next: DeltaState = isDone
    ? { ...state, mode: 'log', at: state.until, inner: 0 }
    : { ...state, at, inner: 0 };
  return { rows, state: next, isDone };
}

function logPage(
  context: EngineContext,
  source: DeltaSource,
  state: DeltaState,
  pageSize: number,
): DeltaResult {
  const touched = new Map<string, Change[]>();
  const last = Math.min(state.until, state.at + pageSize * lookAhead);
  let at = state.at;
  let inner = 0;
  while (at < last) {
    const change = context.changes.at(at + 1);
    if (change && change.kind === source.kind && isAskedFor(state, change.id) && source.isWatched(change)) {
      const known = touched.get(change.id);
      if (!known && touched.size >= pageSize) break;
      inner += change.memberIds?.length ?? 0;
      if (inner > source.innerPerPage && touched.size > 0) break;
      if (known) known.push(change);
      else touched.set(change.id, [change]);
    }
    at += 1;
  }
  const rows = [...touched].flatMap(([id, changes]): Json[] => {
    const row = source.changed(id, changes);
    return row ? [row] : [];
  });
  return { rows, state: { ...state, at }, isDone: at >= state.until };
}

function isAskedFor(state: DeltaState, id: string): boolean {
  return state.ids === null || state.ids.includes(id);
}

/** The last sequence number that reads may show: replication takes its time. */
export function visibleSeq(context: EngineContext): number {
  const { changes, settings, clock } = context;
  const { replication } = context.tenant;
  const lagMs = Math.max(settings.staleReadMs, clock.now() < replication.until ? replication.lagMs : 0);
  if (lagMs === 0) return changes.lastSeq;
  const horizon = clock.now() - lagMs;
  let low = 0;
  let high = changes.lastSeq;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((changes.at(middle)?.at ?? 0) <= horizon) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A round from a deltaLink; now and then it tells again what was told before. */
export function beginLogRound(context: EngineContext, state: DeltaState): DeltaState {
  const until = Math.max(state.at, visibleSeq(context));
  const { deltaReplayRate } = context.settings;
  const isReplay = deltaReplayRate > 0 && context.random() < deltaReplayRate;
  const back = isReplay ? 1 + Math.floor(context.random() * 20) : 0;
  return { ...state, at: Math.max(context.changes.droppedSeq, state.at - back), until };
}
