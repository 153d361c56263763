import type { Condition } from '../condition';
import { checkRule } from './check/check-rule';
import type { CheckedExpression } from './check/checked-rule';
import { compileExpression } from './evaluate/compile-rule';
import { lintRule } from './check/lint-rule';
import { needsOf } from './attributes/needs';
import type { Unconfirmed } from './evaluate/null-table';
import { parseRule } from './syntax/parse-rule';
import { RuleError } from './syntax/rule-error';
import type { RuleWarning } from './syntax/rule-error';
import type { Needs } from '../../words/needs';

/** A rule that Entra would accept (our extensions apart, which are warned of), ready to run. */
export type MembershipRule = Condition & {
  readonly expression: CheckedExpression;
  readonly needs: Needs;
  readonly warnings: readonly RuleWarning[];
  readonly unconfirmed: Unconfirmed;
};

export type RuleReading =
  | { readonly valid: true; readonly rule: MembershipRule }
  | { readonly valid: false; readonly error: RuleError };

/**
 * Parses, checks and compiles a membership rule of
 * https://learn.microsoft.com/entra/identity/users/groups-dynamic-membership. Never throws for any text.
 */
export function readMembershipRule(
  source: string,
  options: { readonly unconfirmed?: Unconfirmed } = {},
): RuleReading {
  const unconfirmed = options.unconfirmed ?? 'assume';
  try {
    const { expression, warnings } = checkRule(parseRule(source));
    const evaluate = compileExpression(expression, { unconfirmed });
    const rule: MembershipRule = {
      source,
      expression,
      needs: needsOf(expression),
      warnings: [...warnings, ...lintRule(expression, source)].sort((a, b) => a.start - b.start),
      unconfirmed,
      evaluate,
    };
    return { valid: true, rule };
  } catch (thrown) {
    if (thrown instanceof RuleError) return { valid: false, error: thrown };
    throw thrown;
  }
}

/** Is the condition one that readMembershipRule compiled, so that its parts can be looked at? */
export function isMembershipRule(condition: Condition): condition is MembershipRule {
  return 'expression' in condition && 'needs' in condition;
}
