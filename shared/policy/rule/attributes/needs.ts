import type { Needs } from '../../../words/needs';
import type { CheckedExpression } from '../check/checked-rule';
import { subexpressions } from '../syntax/walk';

/** What must be read of a user before the expression can be decided. */
export function needsOf(expression: CheckedExpression): Needs {
  const properties = new Set<string>();
  let directGroups = false;
  for (const part of subexpressions(expression)) {
    if (part.kind === 'directReports') properties.add('manager/id');
    if (part.kind !== 'comparison' && part.kind !== 'quantified') continue;
    if (part.attribute.type === 'groups') directGroups = true;
    if (part.attribute.needs !== null) properties.add(part.attribute.needs);
  }
  return { properties, directGroups, transitiveGroups: false };
}
