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
