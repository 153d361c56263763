/**
 * Flex Consumption scales an app by groups: all HTTP functions together, every other function by itself. Each group
 * has instances of its own, and an instance runs the triggers of its group only.
 * Source: https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan (per-function scaling)
 */
export const httpGroup = 'http';

const prefix = 'function:';

/** The group of a function that is not HTTP, as Azure names it. */
export function groupOf(name: string): string {
  return `${prefix}${name}`;
}

/** The groups of an app with these functions beside its HTTP functions, `http` first. */
export function groupsOf(names: readonly string[]): string[] {
  return [httpGroup, ...names.map(groupOf).sort()];
}

/** Short: `http`, or the function's name. */
export function nameOfGroup(group: string): string {
  return group.startsWith(prefix) ? group.slice(prefix.length) : group;
}
