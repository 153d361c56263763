import { matchPolicy } from '../entitlement/match-rules';
import { resolvePolicy } from '../entitlement/resolved-policy';
import type { DecideInput } from '../decision';

const outerBlank = /^\s|\s$/;

/**
 * The properties of this user of which a blank at the beginning or end alone changes what the scope or a rule says, as in
 * exports of HR systems: no person sees it, and the rule seems to be wrong. Sorted.
 */
export function decidingBlanks({
  policy,
  catalogue,
  user: { properties },
  memberships,
  now,
}: Pick<DecideInput, 'policy' | 'catalogue' | 'user' | 'memberships' | 'now'>): readonly string[] {
  const padded = Object.keys(properties).filter((name) => hasOuterBlank(properties[name]));
  if (padded.length === 0) return [];
  const resolved = resolvePolicy(policy, catalogue);
  const keyOf = (changes: Readonly<Record<string, unknown>>) =>
    matchPolicy(resolved, { ...properties, ...changes }, memberships, { now, absent: 'undecided' }).key;
  const before = keyOf({});
  return padded.filter((name) => keyOf({ [name]: trimmed(properties[name]) }) !== before).sort();
}

/** A text, or one of those that an object holds, such as the extension attributes. */
function hasOuterBlank(value: unknown): boolean {
  if (typeof value === 'string') return outerBlank.test(value);
  return (
    isPlain(value) && Object.values(value).some((one) => typeof one === 'string' && outerBlank.test(one))
  );
}

function trimmed(value: unknown): unknown {
  if (typeof value === 'string') return value.trim();
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, typeof one === 'string' ? one.trim() : one]),
  );
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
