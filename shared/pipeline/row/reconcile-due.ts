import { soughtSeats } from '../../licensing/seats/sought-seats';
import type { Services } from '../services';
import type { SeenUser } from '../look/look-at-user';
import { attemptsOf } from './schedule-reconcile';
import type { RequeueClass } from './schedule-reconcile';
import { foundSince } from './user-state';
import type { Reason } from '../../words/reason';
import type { UserState } from '../../words/user-state';

/** A look to be scheduled; without `at` at the pace of its class. */
export type ReconcileDue = { readonly key: RequeueClass; readonly why: Reason; readonly at?: number };

/** Read again after 5 s, then after 90 s: replicas of the directory follow within that, or hardly ever. */
const lagMs = [5_000, 90_000];

export function lagDue(
  services: Services,
  state: UserState | null,
  text: string,
): ReconcileDue & { readonly at: number } {
  const wait = lagMs[Math.min(attemptsOf(state, 'lag'), lagMs.length) - 1] ?? 0;
  return { key: 'lag', at: services.clock.now() + wait, why: { code: 'graph/lag', text } };
}

/**
 * Memberships of a new user are looked for so long after they were found, and once more for those who have got
 * nothing: directory sync writes memberships after the users, and nothing reports them with the user.
 */
const groupsMs = 90_000;

/** What a decision itself asks for: its own date, groups that come after their user, a seat that may come free. */
export function reconcileDueAfter(
  services: Services,
  look: SeenUser,
  before: UserState | null,
  isFirstWrite: boolean,
): ReconcileDue | undefined {
  const { decision } = look;
  const date: ReconcileDue | undefined =
    decision.lookAgainAt === null
      ? undefined
      : {
          key: 'due',
          at: decision.lookAgainAt,
          why: { code: 'due', text: 'A date in the decision is reached.' },
        };
  const seat: ReconcileDue | undefined =
    soughtSeats(decision.skus).length === 0
      ? undefined
      : { key: 'waiting', why: { code: 'seats/waiting', text: 'A seat may have come free.' } };
  return earlierOf(date ?? seat, groupsDue(services, look, before, isFirstWrite));
}

/** Only one look is scheduled at a time; of two dates, it finds out for itself that the other is due later. */
export function earlierOf(
  one: ReconcileDue | undefined,
  other: ReconcileDue | undefined,
): ReconcileDue | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return (other.at ?? Infinity) < (one.at ?? Infinity) ? other : one;
}

function groupsDue(
  { clock }: Services,
  { input, decision }: SeenUser,
  before: UserState | null,
  isFirstWrite: boolean,
): ReconcileDue | undefined {
  const { needs } = input.policy;
  const now = clock.now();
  const foundAt = foundSince(before, now);
  if (!needs.transitiveGroups && !needs.directGroups) return undefined;
  const looks = [
    ...(isFirstWrite ? [now + groupsMs] : []),
    ...(foundAt === undefined ? [] : [foundAt + groupsMs]),
    ...(foundAt === undefined || decision.ledger.length > 0 ? [] : [foundAt + 2 * groupsMs]),
  ];
  const at = looks.find((time) => time > now);
  if (at === undefined) return undefined;
  const why: Reason = {
    code: 'graph/late-groups',
    text: 'Memberships of a new user may follow later.',
  };
  return { key: 'groups', at, why };
}
