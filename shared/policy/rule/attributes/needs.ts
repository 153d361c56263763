import type { CheckedExpression } from '../check/checked-rule';
import { subexpressions } from '../syntax/walk';
import type { Needs } from '../../../words/needs';

export const noNeeds: Needs = {
  properties: new Set(),
  manager: false,
  directGroups: false,
  transitiveGroups: false,
};

/** What must be read of a user before the expression can be decided. */
export function needsOf(expression: CheckedExpression): Needs {
  const properties = new Set<string>();
  let manager = false;
  let directGroups = false;
  for (const part of subexpressions(expression)) {
    if (part.kind === 'directReports') manager = true;
    if (part.kind !== 'comparison' && part.kind !== 'quantified') continue;
    if (part.attribute.type === 'groups') directGroups = true;
    if (part.attribute.select !== null) properties.add(part.attribute.select);
  }
  return { properties, manager, directGroups, transitiveGroups: false };
}

export function joinNeeds(needs: readonly Needs[]): Needs {
  return {
    properties: new Set(needs.flatMap((need) => [...need.properties]).sort()),
    manager: needs.some((need) => need.manager),
    directGroups: needs.some((need) => need.directGroups),
    transitiveGroups: needs.some((need) => need.transitiveGroups),
  };
}
