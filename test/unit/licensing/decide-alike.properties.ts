import { expect } from '@jest/globals';
import type { UserId } from '../../../shared/kernel/ids';
import { decide } from '../../../shared/licensing/decide';
import { AlikeDecider } from '../../../shared/licensing/decide-alike';
import type { DecideInput, Memberships } from '../../../shared/licensing/decision';
import { stateDigest } from '../../../shared/licensing/state-digest';
import type { Case } from './support/arbitrary-case';
import { day, licensingGroup, now } from './support/tenant';

const named = (displayName: string): Memberships => ({
  transitive: [{ id: licensingGroup, displayName }],
});
const memberships: readonly Memberships[] = [named('SG-One'), named('SG-Two'), { transitive: undefined }];

/**
 * Users of one tenant who have everything in common but one thing or another, each twice, and the second time later: what
 * one of them is decided must never be taken for another's. Answers how many there were and how many were decided anew.
 */
export function checkAlike(
  base: Case,
  others: readonly Case[],
): { readonly users: number; readonly anew: number } {
  const people = makePeople(base, others);
  let anew = 0;
  const decider = new AlikeDecider();
  const seen = new Set<unknown>();
  for (const [number, person] of [...people, ...people].entries()) {
    const id = `0a6f6f4e-0000-4000-8000-${String(number).padStart(12, '0')}` as UserId;
    const input = {
      ...person,
      user: { ...person.user, id },
      now: number < people.length ? now : now + 3 * day,
    };

    const { decision, digest } = decider.decideWithState(input);

    expect(decision).toEqual(decide(input));
    expect(digest).toBe(stateDigest(input));
    if (!seen.has(decision)) anew += 1;
    seen.add(decision);
  }
  return { users: 2 * people.length, anew };
}

/** Every mixture of what the cases have of each part. */
function makePeople({ input: base }: Case, others: readonly Case[]): readonly DecideInput[] {
  const cases = others.map(({ input }) => input);
  return cases.flatMap((one, index) =>
    cases.flatMap((other, next) =>
      cases.map((third): DecideInput => {
        const { user, seats, exception } = index % 3 === 0 ? one : base;
        return {
          ...base,
          user: { ...user, properties: third.user.properties },
          seats,
          exception,
          holding: other.holding,
          ledger: next % 2 === 0 ? other.ledger : one.ledger,
          memberships: memberships[(index + next) % memberships.length] ?? { transitive: [] },
        };
      }),
    ),
  );
}
