import type { Comparison, Filter, Literal, Path } from './filter';

/** Reads the value at the first segment of a path from a resource. */
export type ReadProperty = (name: string) => unknown;

/** Whether a resource matches. Text compares without regard to case, as the directory does. */
export function matchesFilter(filter: Filter, read: ReadProperty): boolean {
  switch (filter.type) {
    case 'and':
      return matchesFilter(filter.left, read) && matchesFilter(filter.right, read);
    case 'or':
      return matchesFilter(filter.left, read) || matchesFilter(filter.right, read);
    case 'not':
      return !matchesFilter(filter.inner, read);
    case 'compare':
      return compare(readPath(filter.path, read), filter.operator, filter.literal);
    case 'in':
      return filter.literals.some((literal) => compare(readPath(filter.path, read), 'eq', literal));
    case 'call': {
      const value = fold(readPath(filter.path, read));
      const part = fold(filter.literal.value);
      if (typeof value !== 'string' || typeof part !== 'string') return false;
      return filter.name === 'startswith' ? value.startsWith(part) : value.endsWith(part);
    }
    case 'any':
    case 'all':
      return matchesItems(filter, read);
  }
}

function matchesItems(filter: Filter & { type: 'any' | 'all' }, read: ReadProperty): boolean {
  const value = readPath(filter.path, read);
  const items: unknown[] = Array.isArray(value) ? value : [];
  const { inner, variable } = filter;
  if (!inner) return items.length > 0;
  const matches = (item: unknown) => matchesFilter(inner, (name) => (name === variable ? item : read(name)));
  return filter.type === 'any' ? items.some(matches) : items.every(matches);
}

function readPath(path: Path, read: ReadProperty): unknown {
  const [first = '', ...rest] = path.segments;
  let value = read(first);
  for (const segment of rest) {
    value =
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[segment] : undefined;
  }
  if (path.isCount) return Array.isArray(value) ? value.length : 0;
  return value ?? null;
}

function compare(value: unknown, operator: Comparison, literal: Literal): boolean {
  const left = literal.kind === 'dateTime' ? toTime(value) : fold(value);
  const right = literal.kind === 'dateTime' ? toTime(literal.value) : fold(literal.value);
  if (operator === 'eq') return left === right;
  if (operator === 'ne') return left !== right;
  if (left === null || right === null || typeof left !== typeof right) return false;
  const order = left < right ? -1 : left > right ? 1 : 0;
  switch (operator) {
    case 'gt':
      return order > 0;
    case 'ge':
      return order >= 0;
    case 'lt':
      return order < 0;
    case 'le':
      return order <= 0;
  }
}

function toTime(value: unknown): number | null {
  return typeof value === 'string' ? Date.parse(value) : null;
}

function fold(value: unknown): string | number | boolean | null {
  if (typeof value === 'string') return value.toLowerCase();
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return null;
}
