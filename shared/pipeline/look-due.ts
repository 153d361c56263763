import { soughtSeats } from '../licensing/sought-seats';
import type { StoredReason, UserState } from '../store/ports';
import type { Pipeline } from './dependencies';
import type { SeenUser } from './look-at-user';
import { attemptsOf } from './schedule-look';
import type { LookAgainClass } from './schedule-look';

/** A look to be scheduled; without `at` at the pace of its class. */
export type LookDue = { readonly key: LookAgainClass; readonly why: StoredReason; readonly at?: number };

/** Read again after 5 s, then after 90 s: replicas of the directory follow within that, or hardly ever. */
const lagMs = [5_000, 90_000];

export function lagDue(pipeline: Pipeline, state: UserState | null, text: string): LookDue {
  const wait = lagMs[Math.min(attemptsOf(state, 'lag'), lagMs.length) - 1] ?? 0;
  return { key: 'lag', at: pipeline.clock.now() + wait, why: { code: 'graph/lag', text } };
}

/** What a decision itself asks for: its own date, groups that come after their user, a seat that may come free. */
export function lookDueAfter(pipeline: Pipeline, look: SeenUser, isFirst: boolean): LookDue | undefined {
  const { decision, input } = look;
  if (decision.lookAgainAt !== null) {
    return {
      key: 'due',
      at: decision.lookAgainAt,
      why: { code: 'due', text: 'A date in the decision is reached.' },
    };
  }
  const { needs } = input.policy;
  if (isFirst && (needs.transitiveGroups || needs.directGroups)) {
    // Directory sync writes memberships after the users, and nothing reports them with the user.
    return {
      key: 'lag',
      at: pipeline.clock.now() + (lagMs[1] ?? 0),
      why: { code: 'graph/late-groups', text: 'Memberships of a new user may follow later.' },
    };
  }
  if (soughtSeats(decision.skus).length > 0) {
    return { key: 'waiting', why: { code: 'seats/waiting', text: 'A seat may have come free.' } };
  }
  return undefined;
}
