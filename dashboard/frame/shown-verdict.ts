/**
 * What the mark beside a view says; undefined: the first look is under way. `verdict`: of the last look that succeeded.
 * `isFailed`: the last look failed. `isOld`: it is too long ago.
 */
export function shownVerdict<Verdict extends string>({
  verdict,
  isFailed,
  isOld,
}: {
  readonly verdict: Verdict | undefined;
  readonly isFailed: boolean;
  readonly isOld: boolean;
}): Verdict | 'unknown' | undefined {
  return isFailed || isOld ? 'unknown' : verdict;
}
