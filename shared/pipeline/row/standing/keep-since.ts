import type { UserState } from '../../../words/user-state';
import type { Step } from '../effects';
import type { EventKind } from '../events';
import { lookedAt, standings } from './stood-since';

/**
 * The step with the times since when the user has been what the row then says. A look that comes to the same begins
 * nothing anew. While a write is on its way, or was refused and is to be tried again, what stood before stands still: only
 * an answer for good ends it.
 */
export function keepSince(before: UserState | null, step: Step, event: EventKind, now: number): Step {
  const { state } = step.row;
  if (state === null || state === before) return step;
  const known = before === null ? {} : (before.since ?? sinceDecided(before));
  const since = {
    ...(isAnswer(event, step) ? {} : known),
    ...Object.fromEntries(standings(state).map((key) => [key, known[key] ?? now])),
  };
  if (Object.keys(since).length > 0) return withState(step, { ...state, since });
  const { since: ended, ...rest } = state;
  return ended === undefined ? step : withState(step, rest);
}

function withState(step: Step, state: UserState): Step {
  return { ...step, row: { ...step.row, state } };
}

/** A row of an earlier version knows its last look only. */
function sinceDecided(state: UserState): Readonly<Record<string, number>> {
  return Object.fromEntries(standings(state).map((key) => [key, lookedAt(state)]));
}

/** The user has an outcome that stands until something changes. */
function isAnswer(event: EventKind, { row, result }: Step): boolean {
  if (answers.has(event) || row.state?.outcome === 'outOfScope') return true;
  return result?.kind === 'block' || result?.kind === 'giveUp';
}

const answers: ReadonlySet<EventKind> = new Set(['looked', 'written', 'gaveUp']);
