import type { Attribute } from '../attributes/attribute';
import type { RuleReport } from '../rule-report';
import type { Expression, Operator } from '../syntax/syntax';

const textOperators: readonly Operator[] = [
  'eq',
  'ne',
  'startsWith',
  'notStartsWith',
  'endsWith',
  'notEndsWith',
  'contains',
  'notContains',
  'match',
  'notMatch',
  'in',
  'notIn',
];

/**
 * The operators of each type. Booleans and strings are documented (see "Operator isn't supported on attribute" in
 * https://learn.microsoft.com/entra/identity/users/groups-troubleshooting); dates know -ge, -le and -eq; the direct
 * operators of collections are the ones of the documented examples.
 */
const allowed: Readonly<Record<Attribute['type'], readonly Operator[]>> = {
  boolean: ['eq', 'ne'],
  dateTime: ['eq', 'ne', 'ge', 'le'],
  string: textOperators,
  stringCollection: textOperators,
  plans: [],
  groups: [],
};

const documentedOnCollections: ReadonlySet<Operator> = new Set<Operator>([
  'contains',
  'notContains',
  'startsWith',
  'notStartsWith',
  'endsWith',
  'notEndsWith',
]);

/** @throws RuleError when the type of the attribute does not know the operator. */
export function checkOperator(
  attribute: Attribute,
  operator: Operator,
  expression: Extract<Expression, { kind: 'comparison' }>,
  report: RuleReport,
): void {
  if (!allowed[attribute.type].includes(operator)) {
    throw report.fail(
      'rule/operator-not-supported',
      `Operator -${operator} is not supported on ${attribute.name}`,
      expression.operatorAt,
      operatorTypeHint(attribute),
    );
  }
  if (attribute.type === 'stringCollection' && !documentedOnCollections.has(operator)) {
    report.warn(
      'rule/unconfirmed',
      `-${operator} directly on ${attribute.name} is not documented; write ${attribute.name} -any (_ -${operator} …)`,
      expression.operatorAt,
    );
  }
}

function operatorTypeHint(attribute: Attribute): string {
  switch (attribute.type) {
    case 'groups':
      return 'Write user.memberOf -any (group.objectId -in ["object id of a group"]).';
    case 'plans':
      return 'Write user.assignedPlans -any (assignedPlan.servicePlanId -eq "…" -and assignedPlan.capabilityStatus -eq "Enabled").';
    case 'boolean':
      return `${attribute.name} is true or false: use -eq or -ne.`;
    case 'dateTime':
      return `${attribute.name} is a date: use -ge or -le.`;
    case 'string':
    case 'stringCollection':
      return 'Only dates are compared with -ge and -le.';
  }
}
