import type { RuleContext, Truth } from '../../condition';
import type { CheckedExpression, Comparison, DirectReports, Quantified } from '../check/checked-rule';
import { nullRow } from './null-table';
import type { Unconfirmed } from './null-table';
import { foldText } from '../../fold-case';
import { groupsOfExpression } from '../group-names';
import { compileGroupName } from './group-name-test';
import { notTruth } from './truth';
import { makeValueTest } from './value-test';
import type { ValueTest } from './value-test';

/** A compiled expression over a user, or over one element inside -any and -all. */
export type Evaluator = (target: Readonly<Record<string, unknown>>, context: RuleContext) => Truth;

export type CompileOptions = { readonly unconfirmed: Unconfirmed };

/** Compiles an expression to closures; three-valued: what was not read is `undecided`, never false. */
export function compileExpression(
  expression: CheckedExpression,
  options: CompileOptions,
  negated = false,
): Evaluator {
  switch (expression.kind) {
    case 'and':
      return connect(expression.operands, options, negated, false);
    case 'or':
      return connect(expression.operands, options, negated, true);
    case 'not': {
      const operand = compileExpression(expression.operand, options, !negated);
      return (target, context) => notTruth(operand(target, context));
    }
    case 'directReports':
      return compileDirectReports(expression);
    case 'quantified':
      return compileQuantified(expression, options, negated);
    case 'comparison':
      return expression.attribute.type === 'stringCollection'
        ? compileOnCollection(expression, options, negated)
        : compileComparison(expression, options, negated);
  }
}

/** `decisive`: the truth of one operand that settles the whole: false for and, true for or. */
function connect(
  operands: readonly CheckedExpression[],
  options: CompileOptions,
  negated: boolean,
  decisive: boolean,
): Evaluator {
  const [first, second, ...rest] = operands.map((operand) => compileExpression(operand, options, negated));
  if (first === undefined) return () => !decisive;
  if (second === undefined) return first;
  if (rest.length === 0) {
    return (target, context) => {
      const left = first(target, context);
      if (left === decisive) return left;
      const right = second(target, context);
      return right === decisive || left !== 'undecided' ? right : left;
    };
  }
  const evaluators = [first, second, ...rest];
  return (target, context) => {
    let open = false;
    for (const evaluate of evaluators) {
      const truth = evaluate(target, context);
      if (truth === decisive) return truth;
      if (truth === 'undecided') open = true;
    }
    return open ? 'undecided' : !decisive;
  };
}

function compileComparison(comparison: Comparison, options: CompileOptions, negated: boolean): Evaluator {
  const onNull = nullRow(comparison, options.unconfirmed, negated).truth;
  const test: ValueTest = makeValueTest(comparison);
  const { read } = comparison.attribute;
  const isTheGroup = compileGroupName(comparison);
  return (target, context) => {
    const byId = isTheGroup?.(target, context);
    if (byId !== undefined) return byId;
    const value = read(target);
    if (value === undefined) return context.absent === 'null' ? onNull : 'undecided';
    return value === null || value === '' ? onNull : test(value, context);
  };
}

const negativeOperators = new Set(['ne', 'notStartsWith', 'notEndsWith', 'notContains', 'notMatch', 'notIn']);

/** The elements of a collection that was read; a single value stands for a collection of one. */
export function elementsOf(value: unknown): readonly unknown[] | undefined {
  if (value === null || value === '') return [];
  if (Array.isArray(value))
    return (value as unknown[]).filter((element) => element !== null && element !== '');
  return typeof value === 'string' ? [value] : undefined;
}

/**
 * An operator straight on a collection: true when any element satisfies it; a negative one when none fails it. The
 * latter is not documented, and where the two readings of it differ, `unconfirmed` decides.
 */
function compileOnCollection(comparison: Comparison, options: CompileOptions, negated: boolean): Evaluator {
  const onNull = nullRow(comparison, options.unconfirmed, negated).truth;
  const test = makeValueTest(comparison);
  const negative = negativeOperators.has(comparison.operator) && comparison.value.kind !== 'null';
  return (target, context) => {
    const value = comparison.attribute.read(target);
    if (value === undefined) return context.absent === 'null' ? onNull : 'undecided';
    const elements = elementsOf(value);
    if (elements === undefined) return 'undecided';
    if (elements.length === 0) return onNull;
    const truths = elements.map((element) => test(element, context));
    if (!negative) return truths.includes(true) ? true : truths.includes('undecided') ? 'undecided' : false;
    const mixed = truths.includes(true) && truths.includes(false);
    if (mixed && options.unconfirmed === 'undecided') return 'undecided';
    return truths.includes(false) ? false : truths.includes('undecided') ? 'undecided' : true;
  };
}

function compileQuantified(quantified: Quantified, options: CompileOptions, negated: boolean): Evaluator {
  const body = compileExpression(quantified.body, options, negated);
  const decisive = quantified.quantifier === 'any';
  const { read } = quantified.attribute;
  const groups = quantified.attribute.type === 'groups' ? groupsOfExpression(quantified.body) : [];
  return (target, context) => {
    const value = read(target);
    if (value === undefined && context.absent === 'undecided') return 'undecided';
    const elements = elementsOf(value ?? null);
    if (elements === undefined) return 'undecided';
    // A name that stands for nothing sure may be that of a group that the user is in.
    const unsure = context.groups?.unsure;
    let open = unsure !== undefined && groups.some((group) => unsure.has(foldText(group)));
    for (const element of elements) {
      const truth = body(element as Readonly<Record<string, unknown>>, context);
      if (truth === decisive) return truth;
      if (truth === 'undecided') open = true;
    }
    return open ? 'undecided' : !decisive;
  };
}

/** The manager's id of a user as Graph expands it: undefined when it was not read, null when there is none. */
export function managerIdOf(user: Readonly<Record<string, unknown>>): unknown {
  const manager = user['manager'];
  if (manager === undefined || manager === null || typeof manager === 'string') return manager;
  return typeof manager === 'object' ? (manager as Readonly<Record<string, unknown>>)['id'] : undefined;
}

function compileDirectReports({ managerId }: DirectReports): Evaluator {
  const wanted = managerId.toLowerCase();
  return (user, context) => {
    const id = managerIdOf(user);
    if (id === undefined) return context.absent === 'null' ? false : 'undecided';
    if (id === null) return false;
    return typeof id === 'string' ? id.toLowerCase() === wanted : 'undecided';
  };
}
