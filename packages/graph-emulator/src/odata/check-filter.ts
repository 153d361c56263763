import { malformedRequest, unsupportedQuery } from '../engine/graph-fault';
import { userRule } from '../engine/users/directory-properties';
import type { PropertyRule } from '../engine/users/directory-properties';
import type { Filter, Literal, Path } from './filter';

export type FilterScope = {
  /** `User`, `Group` ... as Graph names the resource. */
  readonly resource: string;
  readonly rules: Readonly<Record<string, PropertyRule>>;
  /** ConsistencyLevel: eventual and $count=true are both there. */
  readonly isAdvanced: boolean;
};

/**
 * Refuses what Graph's directory refuses: unknown properties, properties that cannot be filtered, operators that need
 * the advanced query capabilities. https://learn.microsoft.com/graph/aad-advanced-queries
 * @throws GraphFault 400
 */
export function checkFilter(filter: Filter, scope: FilterScope, variables: readonly string[] = []): void {
  switch (filter.type) {
    case 'and':
    case 'or':
      checkFilter(filter.left, scope, variables);
      checkFilter(filter.right, scope, variables);
      return;
    case 'not':
      needAdvanced(scope, 'not');
      checkFilter(filter.inner, scope, variables);
      return;
    case 'compare': {
      const rule = checkPath(filter.path, scope, variables);
      if (filter.path.isCount) needAdvanced(scope, '$count');
      if (filter.operator === 'ne') needAdvanced(scope, 'ne');
      checkLiteral(rule, filter.path, filter.literal);
      return;
    }
    case 'in': {
      const rule = checkPath(filter.path, scope, variables);
      for (const literal of filter.literals) checkLiteral(rule, filter.path, literal);
      return;
    }
    case 'call':
      checkPath(filter.path, scope, variables);
      if (filter.name === 'endswith') needAdvanced(scope, 'endsWith');
      if (filter.literal.kind !== 'string') throw incompatible('Edm.String', filter.literal);
      return;
    case 'any':
    case 'all':
      checkPath(filter.path, scope, variables);
      if (filter.type === 'all') needAdvanced(scope, 'all');
      if (filter.inner && filter.variable) {
        checkFilter(filter.inner, scope, [...variables, filter.variable]);
      }
      return;
  }
}

function checkPath(path: Path, scope: FilterScope, variables: readonly string[]): PropertyRule | undefined {
  const [name = ''] = path.segments;
  if (variables.includes(name)) return undefined;
  const own = Object.hasOwn(scope.rules, name) ? scope.rules[name] : undefined;
  const rule = own ?? (scope.resource === 'User' ? userRule(name) : undefined);
  if (!rule) {
    throw malformedRequest(
      `Invalid filter clause: Could not find a property named '${name}' on type 'microsoft.graph.${scope.resource.toLowerCase()}'.`,
    );
  }
  if (!rule.filter) {
    throw unsupportedQuery(
      `Unsupported or invalid query filter clause specified for property '${name}' of resource '${scope.resource}'.`,
    );
  }
  return rule;
}

function needAdvanced(scope: FilterScope, operator: string): void {
  if (scope.isAdvanced) return;
  throw unsupportedQuery(
    `Operator '${operator}' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header.`,
  );
}

function checkLiteral(rule: PropertyRule | undefined, path: Path, literal: Literal): void {
  if (literal.kind === 'null' || rule === undefined || path.segments.length > 1) return;
  if (path.isCount) {
    if (literal.kind !== 'number') throw incompatible('Edm.Int32', literal);
    return;
  }
  const isRight =
    rule.kind === 'boolean'
      ? literal.kind === 'boolean'
      : rule.kind === 'dateTime'
        ? literal.kind === 'dateTime'
        : literal.kind === 'string' || literal.kind === 'guid';
  if (!isRight) throw incompatible(`Edm.${rule.kind === 'boolean' ? 'Boolean' : 'String'}`, literal);
}

function incompatible(expected: string, literal: Literal): Error {
  return malformedRequest(
    `Invalid filter clause: A binary operator with incompatible types was detected. Found operand types '${expected}' and '${literal.kind}'.`,
  );
}
