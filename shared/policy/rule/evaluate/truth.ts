import type { Truth } from '../../condition';

/** Kleene's three-valued logic: what is not known stays open unless the rest decides alone. */
export function notTruth(truth: Truth): Truth {
  return truth === 'undecided' ? 'undecided' : !truth;
}

/** true when every one is true, false when any is false. */
export function allOf(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes('undecided') ? 'undecided' : true;
}

/** true when any is true, false when every one is false. */
export function anyOf(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return truths.includes('undecided') ? 'undecided' : false;
}
