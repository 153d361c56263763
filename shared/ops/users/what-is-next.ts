import { isoTime } from '../../kernel/clock';
import type { UserState } from '../../words/user-state';

/** What will be done about a user, and when; `at` null: as soon as its turn comes. */
export type NextStep = { readonly at: string | null; readonly text: string; readonly attempts: number };

/** null: nothing is due; the next change of the user, or of the policy, starts it. */
export function whatIsNext(state: UserState | null): NextStep | null {
  if (state === null) {
    return { at: null, attempts: 0, text: 'Not looked at yet. `licenser apply --user` queues the user.' };
  }
  if (state.retry !== null) {
    const { at, attempts, why } = state.retry;
    return { at: isoTime(at), attempts, text: `Look again. ${why.text}` };
  }
  if (state.intent !== null) return { at: null, attempts: 0, text: 'A write to Graph is under way.' };
  if (state.outcome === null) {
    return { at: null, attempts: 0, text: 'Decided; the operation waits for its turn in the queue.' };
  }
  return null;
}
