/** What the product says around a reason that a person typed, up to the reason. */
const before = [
  // Causes of the verdict: a pause that a person set.
  /^.*? (?:was paused by|has been paused for more than a day, by) .*?: /,
  // Why a user waits for a pause. What the product paused has a reason of its own.
  /^(?:Look again\. )?Paused \([^)]*\): (?!.*\(the product paused it\)$)/s,
  // A user's timeline: an exception that a person made.
  /^(?:nothing is written to this user|an extra ).*?, says .*?: /,
];

/**
 * A text of the product in its own words and what a person typed behind them, which is shown as it was typed.
 * `typed`: empty where no person typed a part of it.
 */
export function typedIn(text: string): { readonly own: string; readonly typed: string } {
  for (const pattern of before) {
    const own = pattern.exec(text)?.[0];
    if (own !== undefined) return { own, typed: text.slice(own.length) };
  }
  return { own: text, typed: '' };
}
