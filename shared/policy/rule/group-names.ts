import type { CheckedExpression } from './check/checked-rule';
import { subexpressions } from './syntax/walk';

const wholeNames: ReadonlySet<string> = new Set(['eq', 'ne', 'in', 'notIn']);

/** Whether this operator compares with whole names. */
export const isWholeName = (operator: string): boolean => wholeNames.has(operator);

/**
 * The groups that an expression names by their whole name or id. A condition on a part of a name is about whatever
 * groups there are.
 */
export function groupsOfExpression(expression: CheckedExpression): readonly string[] {
  const groups: string[] = [];
  for (const part of subexpressions(expression)) {
    if (part.kind !== 'comparison') continue;
    if (part.attribute.name !== 'group.objectId' && part.attribute.name !== 'group.displayName') continue;
    if (!wholeNames.has(part.operator)) continue;
    if (part.value.kind === 'text') groups.push(part.value.text);
    if (part.value.kind === 'texts') groups.push(...part.value.texts);
  }
  return groups;
}

const closed: ReadonlySet<string> = new Set(['eq', 'in']);

/**
 * Whether an expression asks for more than membership in the groups that it names: for a part of a name, or for any other
 * group than one. Then a membership of any group may decide it.
 */
export function asksOfAnyGroup(expression: CheckedExpression): boolean {
  return [...subexpressions(expression)].some(
    (part) =>
      part.kind === 'quantified' &&
      [...subexpressions(part.body)].some(isOfGroups) &&
      [...subexpressions(part.body)].some(isOpen),
  );
}

function isOfGroups(part: CheckedExpression): boolean {
  return part.kind === 'comparison' && part.attribute.name.startsWith('group.');
}

/** Of one group of the user: true of groups that are not named. A `-not` turns a whole name into every other one. */
function isOpen(part: CheckedExpression): boolean {
  if (part.kind === 'not') return true;
  if (part.kind !== 'comparison') return false;
  return !closed.has(part.operator) || (part.value.kind !== 'text' && part.value.kind !== 'texts');
}
