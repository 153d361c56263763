import type { CheckedExpression } from '../check/checked-rule';

/** The expression itself and everything inside it, outer ones first. */
export function* subexpressions(expression: CheckedExpression): Generator<CheckedExpression> {
  yield expression;
  switch (expression.kind) {
    case 'and':
    case 'or':
      for (const operand of expression.operands) yield* subexpressions(operand);
      return;
    case 'not':
      yield* subexpressions(expression.operand);
      return;
    case 'quantified':
      yield* subexpressions(expression.body);
      return;
    case 'comparison':
    case 'directReports':
      return;
  }
}
