import type { Outcome } from '../../shared/words/outcome';

/**
 * How a user stands at the end. `licensed`: holds what the policy says, and at least one license; `nothing`: the policy
 * gives nothing; `lost`: something else than the policy says, and nothing that accounts for it.
 */
export type Verdict = Exclude<Outcome, 'licensed'> | 'licensed' | 'lost';

/** What decides about a user; all of it as the tenant and the tables are at the end. */
export type Facts = {
  /** What deciding anew by the tenant as it is comes to; undefined: nothing is to be done or to be said. */
  readonly anew:
    | {
        readonly outcome: Outcome;
        /** Something would be written. */
        readonly changes: boolean;
        readonly why: readonly string[];
      }
    | undefined;
  /** What the row says; null: it has no outcome; undefined: there is no row. */
  readonly recorded: string | null | undefined;
  /** Why a guard holds the change back, while a person may still approve it; undefined: no guard does. */
  readonly heldBecause: string | undefined;
  readonly holdsLicense: boolean;
};

/** The verdict on a user, with why it is no plain one. */
export function judgeUser({ anew, recorded, heldBecause, holdsLicense }: Facts): {
  readonly verdict: Verdict;
  readonly why: readonly string[];
} {
  if (anew?.changes === true) {
    if (heldBecause !== undefined) return { verdict: 'held', why: [heldBecause] };
    const said = `the row says ${recorded ?? 'nothing'}`;
    return { verdict: 'lost', why: [...anew.why, said] };
  }
  if (anew !== undefined && anew.outcome !== 'licensed' && anew.outcome !== 'nothing')
    return { verdict: anew.outcome, why: anew.why };
  if (recorded === null) return { verdict: 'lost', why: ['the row has no outcome'] };
  if (recorded === 'outOfScope' || recorded === undefined) return { verdict: 'outOfScope', why: [] };
  return { verdict: holdsLicense ? 'licensed' : 'nothing', why: [] };
}
