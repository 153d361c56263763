import type { RuleWarningCode } from '../../../kernel/error-codes/findings';
import type { Attribute } from '../attributes/attribute';
import type { CheckedExpression, Comparison } from './checked-rule';
import type { RuleWarning } from '../syntax/rule-error';
import type { Located } from '../syntax/syntax';
import { subexpressions } from '../syntax/walk';

const negativeText = new Set(['ne', 'notIn', 'notStartsWith', 'notEndsWith', 'notContains', 'notMatch']);

/** They compare with a text as a whole, or its beginning or end: a star in it is a letter. */
const wholeTextOperators = new Set([
  'eq',
  'ne',
  'in',
  'notIn',
  'startsWith',
  'endsWith',
  'notStartsWith',
  'notEndsWith',
]);

type Scope = {
  /** Attributes that have a value wherever this part matters: tested beside it with -and. */
  readonly guarded: ReadonlySet<string>;
  /** Under an odd number of -not. */
  readonly negated: boolean;
};

/** Things that are valid and often not meant. */
export function lintRule(root: CheckedExpression, source: string): RuleWarning[] {
  const warnings: RuleWarning[] = [];
  const warn: Warn = (code, message, { start, end }) => {
    warnings.push({ code, message, start, end });
  };
  const visit = (part: CheckedExpression, scope: Scope): void => {
    switch (part.kind) {
      case 'and':
      case 'or': {
        if (part.kind === 'or') lintMixed(part.operands, warn);
        const guarded = new Set([...scope.guarded, ...guardsOf(part, scope.negated)]);
        for (const operand of part.operands) visit(operand, { ...scope, guarded });
        return;
      }
      case 'not':
        visit(part.operand, { ...scope, negated: !scope.negated });
        return;
      case 'quantified':
        lintQuantified(part, warn);
        visit(part.body, { guarded: new Set(), negated: scope.negated });
        return;
      case 'comparison':
        lintComparison(part, scope, source, warn);
        return;
      case 'directReports':
        return;
    }
  };
  visit(root, { guarded: new Set(), negated: false });
  return warnings;
}

type Warn = (code: RuleWarningCode, message: string, at: Located) => void;

function lintMixed(operands: readonly CheckedExpression[], warn: Warn): void {
  const mixed = operands.find((operand) => operand.kind === 'and' && !operand.parenthesized);
  if (mixed === undefined) return;
  warn(
    'rule/mixed-and-or',
    '-and and -or stand side by side; -and binds first. Put parentheses around what belongs together',
    mixed,
  );
}

function lintComparison(part: Comparison, scope: Scope, source: string, warn: Warn): void {
  const { attribute, operator, value } = part;
  const name = attribute.name;
  const negative = negativeText.has(operator);
  if (value.kind !== 'null') {
    if (attribute.type === 'stringCollection' && negative) {
      const positive = operator === 'ne' ? 'eq' : `${operator.charAt(3).toLowerCase()}${operator.slice(4)}`;
      warn(
        'rule/negative-on-collection',
        `-${operator} straight on ${name} is not documented; write -not (${name} -any (_ -${positive} …))`,
        part,
      );
    } else if (attribute.type === 'string' && attribute.nullable && negative !== scope.negated) {
      if (!scope.guarded.has(lowerName(attribute)))
        warn('rule/negative-without-guard', guardAdvice(part, scope), part);
    }
  }
  if (operator === 'match') lintMatch(part, warn);
  if (operator === 'contains' && attribute.type === 'string') {
    warn(
      'rule/contains',
      `-contains is slow in Entra; where it will do, use -startsWith or -eq on ${name}`,
      part,
    );
  }
  if (name === 'user.dirSyncEnabled' && value.kind === 'boolean' && !value.value && operator === 'eq') {
    warn(
      'rule/never-synced',
      'user.dirSyncEnabled is empty, not false, for users who were never synced; write -ne true',
      part,
    );
  }
  const texts = value.kind === 'text' ? [value.text] : value.kind === 'texts' ? value.texts : [];
  const padded = texts.find((text) => text !== text.trim());
  if (padded !== undefined) {
    warn('rule/outer-blank', `"${padded}" begins or ends with a blank, which counts in the comparison`, part);
  }
  const starred = texts.find((text) => text.startsWith('*') || text.endsWith('*'));
  if (starred !== undefined && wholeTextOperators.has(operator)) {
    const bare = starred.replace(/^\*+|\*+$/g, '');
    const instead = !starred.startsWith('*')
      ? '-startsWith'
      : !starred.endsWith('*')
        ? '-endsWith'
        : '-contains';
    warn(
      'rule/wildcard',
      `"${starred}" stands for itself: -${operator} knows no wildcards; write ${instead} "${bare}"`,
      part,
    );
  }
  if (source.slice(part.start, part.end).includes('\n') && texts.some((text) => text.includes('\n'))) {
    warn('rule/line-break', 'The text goes over a line break, which counts in the comparison', part);
  }
}

function lintMatch(part: Comparison, warn: Warn): void {
  if (part.value.kind !== 'pattern') return;
  const { pattern } = part.value.regex;
  const plain = /^(\.\*)?(\^?)([\p{L}\p{N} _@-]+)(\$?)(\.\*)?$/u.exec(pattern);
  if (plain === null) return;
  const [, , start, , end] = plain;
  const instead = start && end ? '-eq' : start ? '-startsWith' : end ? '-endsWith' : '-startsWith or -eq';
  warn(
    'rule/match',
    `-match is slow in Entra; where it will do, use ${instead} on ${part.attribute.name}`,
    part,
  );
}

function lintQuantified(part: Extract<CheckedExpression, { kind: 'quantified' }>, warn: Warn): void {
  if (part.attribute.type === 'groups') {
    warn(
      'rule/member-of-ends',
      'Microsoft ends the memberOf preview on 3 November 2026: in Entra such groups then keep their last members',
      part,
    );
  }
  if (part.attribute.type === 'plans' && part.quantifier === 'any') {
    const names = new Set(comparisons(part.body).map((comparison) => comparison.attribute.name));
    if (!names.has('assignedPlan.capabilityStatus')) {
      warn(
        'rule/plan-without-status',
        'Plans that have ended count too; add -and assignedPlan.capabilityStatus -eq "Enabled"',
        part,
      );
    }
  }
}

function comparisons(expression: CheckedExpression): Comparison[] {
  return [...subexpressions(expression)].filter((part) => part.kind === 'comparison');
}

function guardAdvice({ attribute, operator }: Comparison, scope: Scope): string {
  const test = scope.negated ? `-not … -${operator}` : `-${operator}`;
  return `${test} takes in users whose ${attribute.name} is empty; add -and (${attribute.name} -ne null) to leave them out`;
}

/**
 * Attributes whose emptiness is dealt with beside the others: in an -and by a test that implies a value, in an -or by
 * asking for the empty ones (the reverse under -not).
 */
function guardsOf(part: CheckedExpression & { kind: 'and' | 'or' }, negated: boolean): string[] {
  const conjunctive = (part.kind === 'and') !== negated;
  return flatten(part, part.kind)
    .filter((operand) => operand.kind === 'comparison')
    .filter((comparison) => impliesValue(comparison) === (conjunctive !== negated))
    .filter((comparison) => comparison.value.kind === 'null' || (conjunctive && !negated))
    .map((comparison) => lowerName(comparison.attribute));
}

function flatten(expression: CheckedExpression, kind: 'and' | 'or'): CheckedExpression[] {
  return expression.kind === kind
    ? expression.operands.flatMap((operand) => flatten(operand, kind))
    : [expression];
}

function impliesValue(part: Comparison): boolean {
  return part.value.kind === 'null' ? part.operator === 'ne' : !negativeText.has(part.operator);
}

const lowerName = (attribute: Attribute) => attribute.name.toLowerCase();
