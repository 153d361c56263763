import { backoffMs } from '../../../kernel/retry';
import { requeueTiming } from '../../../kernel/timing/pipeline/requeue';
import type { LaterReconcile, UserState } from '../../../words/user-state';
import type { Reason } from '../../../words/reason';
import { attemptLimits } from './causes';
import type { Cause } from './causes';
import type { EffectBefore } from '../effects';
import type { Moment } from '../events';

/** A cause that is due at a time, `attempts` times in a row. */
export type AgendaEntry = LaterReconcile;

/**
 * The agenda of a row: one entry a cause. The earliest is `state.retry`, as in rows of older versions; its token is
 * that of the one scheduled message that counts. A look serves every entry that is due when it takes place.
 */
export function entriesOf(state: UserState | null): readonly AgendaEntry[] {
  if (state === null) return [];
  const { retry, later = [] } = state;
  if (retry === null) return later;
  const { token: _, ...head } = retry;
  return [head, ...later.filter(({ key }) => key !== head.key)];
}

/** The reconcile that is due for this cause; undefined: none is. */
export function entryOf(state: UserState | null, cause: Cause): AgendaEntry | undefined {
  return entriesOf(state).find(({ key }) => key === cause);
}

/** How many times in a row this cause has been met for this user, counting this one. */
export function attemptsOf(state: UserState | null, cause: Cause): number {
  return (entryOf(state, cause)?.attempts ?? 0) + 1;
}

/** Whether this cause has been met more often than it is retried for. */
export function isSpent(state: UserState | null, cause: Cause): boolean {
  return attemptsOf(state, cause) > (attemptLimits[cause] ?? Infinity);
}

/** Entries that the look in hand does not serve: due later, and not by the message of this token. */
export function notYetDue(
  state: UserState | null,
  token: string | undefined,
  now: number,
): readonly AgendaEntry[] {
  const inHand = token !== undefined && state?.retry?.token === token ? state.retry.key : undefined;
  return entriesOf(state).filter(({ key, at }) => at > now && key !== inHand);
}

/** The entry of a cause that is met now: at `at` if that is given, else at the pace of the cause. */
export function newEntry(
  state: UserState | null,
  cause: Cause,
  why: Reason,
  { now, chance }: Moment,
  options: { readonly at?: number | undefined; readonly retryAfterMs?: number | undefined } = {},
): AgendaEntry {
  const attempts = attemptsOf(state, cause);
  const pace = backoffMs(requeueTiming[cause], attempts - 1, () => chance);
  const at = options.at ?? now + Math.max(pace, options.retryAfterMs ?? 0);
  return { key: cause, attempts, at, why };
}

/**
 * The state with exactly these entries on its agenda, and the message to be scheduled, unless the one that is
 * scheduled comes at the time of the earliest. `counters`: entries that have been served, but whose attempts count
 * on until the user has an outcome. `token`: of the message in hand, which cannot serve once more.
 */
export function withAgenda(
  state: UserState,
  entries: readonly AgendaEntry[],
  moment: Pick<Moment, 'id'>,
  token: string | undefined,
  counters: readonly AgendaEntry[] = [],
): { readonly state: UserState; readonly before: readonly EffectBefore[] } {
  const [head, ...others] = [...entries].sort((a, b) => a.at - b.at);
  const kept = counters.filter(({ key }) => !entries.some((entry) => entry.key === key));
  const later = [...others, ...kept];
  const rest = { later: later.length === 0 ? undefined : later };
  const scheduled = state.retry;
  if (head === undefined) return { state: { ...state, ...rest, retry: null }, before: [] };
  const isScheduled =
    scheduled !== null && scheduled.key === head.key && scheduled.at === head.at && scheduled.token !== token;
  if (isScheduled) {
    return { state: { ...state, ...rest, retry: { ...head, token: scheduled.token } }, before: [] };
  }
  const looks = state.looks + 1;
  const next = `${looks}.${moment.id}`;
  return {
    state: { ...state, ...rest, retry: { ...head, token: next }, looks },
    before: [{ kind: 'schedule', token: next, at: head.at }],
  };
}

/** The state with one more cause on its agenda; what else is due stays, and so do the attempts of what was due. */
export function withEntry(
  state: UserState,
  entry: AgendaEntry,
  moment: Pick<Moment, 'id' | 'now'>,
  token: string | undefined,
): ReturnType<typeof withAgenda> {
  const pending = notYetDue(state, token, moment.now).filter(({ key }) => key !== entry.key);
  return withAgenda(state, [entry, ...pending], moment, token, served(state, pending, moment.now));
}

/** Entries that are not to come any more. One whose message came early, by a clock that is behind, is served too. */
function served(state: UserState, pending: readonly AgendaEntry[], now: number): readonly AgendaEntry[] {
  return entriesOf(state)
    .filter(({ key }) => !pending.some((one) => one.key === key))
    .map((entry) => ({ ...entry, at: Math.min(entry.at, now) }));
}

/** The state with nothing on its agenda. */
export function withoutAgenda(state: UserState): UserState {
  return { ...state, retry: null, later: undefined };
}

/** More looks than any user comes to: a look every second for thirty years. */
const mostLooks = 1_000_000_000;

/** The number of a token says which of two was scheduled later. 0: it has none, or one that no row ever came to. */
export function lookNumber(token: string): number {
  const number = Number.parseInt(token, 10);
  return number > 0 && number <= mostLooks ? number : 0;
}

/**
 * Is the message of this token one that was replaced? The row's own token, and a number that the row has not come to
 * yet (the message overtook the commit of its row, which an outage can hold up), count; a number that the row has
 * passed does not.
 */
export function isSuperseded(state: UserState | null, token: string): boolean {
  return state?.retry?.token !== token && lookNumber(token) <= (state?.looks ?? 0);
}

/**
 * The state with a message for the earliest entry that is still to come, where the message in hand was the one that
 * counted: without that, the entries behind it would have no message. The same state where another one counts.
 */
export function keepScheduled(
  state: UserState,
  moment: Pick<Moment, 'id' | 'now'>,
  token: string | undefined,
): ReturnType<typeof withAgenda> {
  const pending = notYetDue(state, token, moment.now);
  const isInHand = token !== undefined && state.retry?.token === token;
  if (pending.length === 0 || !isInHand) return { state, before: [] };
  return withAgenda(state, pending, moment, token, served(state, pending, moment.now));
}
