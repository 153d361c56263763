import type { RuleUser } from '../../condition';
import type { CheckedExpression, Comparison } from '../check/checked-rule';
import { subexpressions } from '../syntax/walk';
import { parseDateTime } from './date-time';
import { addDuration } from './duration';

/** The comparisons with `system.now` in an expression: those whose truth time alone changes. */
export function datesOfExpression(expression: CheckedExpression): readonly Comparison[] {
  return [...subexpressions(expression)].filter(
    (part): part is Comparison => part.kind === 'comparison' && part.value.kind === 'now',
  );
}

/**
 * When the truth of one of these changes for this user next, milliseconds; null: for none of them in the time to come.
 * A duration in months may be some days off, which the nightly census finds.
 */
export function nextDate(comparisons: readonly Comparison[], user: RuleUser, now: number): number | null {
  let next: number | null = null;
  for (const { attribute, value } of comparisons) {
    const written = attribute.read(user);
    const moment = typeof written === 'string' ? parseDateTime(written) : undefined;
    if (moment === undefined || value.kind !== 'now') continue;
    const { offset } = value;
    const at =
      offset === null ? moment.at : addDuration(moment.at, offset.sign === 1 ? -1 : 1, offset.duration);
    // -ge ends after its moment, -le begins at it.
    if (at + 1 > now && (next === null || at + 1 < next)) next = at + 1;
  }
  return next;
}
