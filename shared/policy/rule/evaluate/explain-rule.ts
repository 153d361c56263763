import type { RuleContext, RuleUser, Truth } from '../../condition';
import type { CheckedExpression, Comparison } from '../check/checked-rule';
import { compileExpression, elementsOf, managerIdOf } from './compile-rule';
import type { MembershipRule } from '../membership-rule';
import { nullRow } from './null-table';
import type { Unconfirmed } from './null-table';
import { makeValueTest } from './value-test';

/**
 * Why a rule, or a part of it, is true, false or undecided for one user; shaped like the answer of
 * https://learn.microsoft.com/graph/api/group-evaluatedynamicmembership.
 */
export type Explanation = {
  /** The part as written. */
  readonly expression: string;
  readonly kind: CheckedExpression['kind'] | 'element';
  readonly result: Truth;
  /** For comparisons: what was looked at. */
  readonly property?: string;
  /** The value seen; absent when it was not read. */
  readonly value?: unknown;
  /** For people: what decided, where that is not plain. */
  readonly because?: string;
  readonly parts: readonly Explanation[];
};

type Scene = {
  readonly source: string;
  readonly context: RuleContext;
  readonly unconfirmed: Unconfirmed;
};
type Target = Readonly<Record<string, unknown>>;

/** Elements of a collection that are shown one by one. */
const maximumElements = 50;

/** Evaluates a rule over a user part by part, with what each part saw, for `licenser rule explain`. */
export function explainRule(rule: MembershipRule, user: RuleUser, context: RuleContext): Explanation {
  return explain(rule.expression, user, false, {
    source: rule.source,
    context,
    unconfirmed: rule.unconfirmed,
  });
}

function explain(part: CheckedExpression, target: Target, negated: boolean, scene: Scene): Explanation {
  const result = compileExpression(part, { unconfirmed: scene.unconfirmed }, negated)(target, scene.context);
  const common = { expression: scene.source.slice(part.start, part.end), kind: part.kind, result };
  switch (part.kind) {
    case 'and':
    case 'or':
      return { ...common, parts: part.operands.map((operand) => explain(operand, target, negated, scene)) };
    case 'not':
      return { ...common, parts: [explain(part.operand, target, !negated, scene)] };
    case 'directReports': {
      const id = managerIdOf(target);
      return { ...common, property: 'user.manager', ...seen(id, scene), parts: [] };
    }
    case 'comparison':
      return { ...common, property: part.attribute.name, ...seenBy(part, target, negated, scene), parts: [] };
    case 'quantified': {
      const value = part.attribute.read(target);
      const elements = elementsOf(value ?? null) ?? [];
      const bodies = elements.slice(0, maximumElements).map((element): Explanation => {
        const inner = explain(part.body, element as Target, negated, scene);
        return { expression: show(element), kind: 'element', result: inner.result, parts: [inner] };
      });
      const empty = elements.length === 0 ? emptyReason(part.quantifier, value, scene) : {};
      return { ...common, property: part.attribute.name, ...empty, parts: bodies };
    }
  }
}

function emptyReason(quantifier: 'any' | 'all', value: unknown, scene: Scene) {
  if (value === undefined && scene.context.absent === 'undecided') return { because: 'it was not read' };
  return { value: [], because: `the collection is empty: -${quantifier} is ${String(quantifier === 'all')}` };
}

function seen(value: unknown, scene: Scene): Pick<Explanation, 'value' | 'because'> {
  if (value !== undefined) return { value };
  return scene.context.absent === 'null' ? { value: null } : { because: 'it was not read' };
}

function seenBy(
  part: Comparison,
  target: Target,
  negated: boolean,
  scene: Scene,
): Pick<Explanation, 'value' | 'because'> {
  const value = part.attribute.read(target);
  const empty = value === null || value === '' || (Array.isArray(value) && value.length === 0);
  if (!empty && !(value === undefined && scene.context.absent === 'null')) {
    return { ...seen(value, scene), ...blanksDecide(part, value, scene) };
  }
  const row = nullRow(part, scene.unconfirmed, negated);
  return {
    value: value ?? null,
    because: row.confirmed ? row.because : `${row.because} (not confirmed by Microsoft)`,
  };
}

/** A blank at the end of a department, from an HR export, is seen by no person and decides the comparison. */
function blanksDecide(part: Comparison, value: unknown, { context }: Scene): Pick<Explanation, 'because'> {
  if (typeof value !== 'string' || value === value.trim()) return {};
  const test = makeValueTest(part);
  return test(value, context) === test(value.trim(), context)
    ? {}
    : { because: 'it begins or ends with a blank, and that alone decides' };
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}

const marks: Readonly<Record<string, string>> = {
  true: 'true     ',
  false: 'false    ',
  undecided: 'undecided',
};

/** The explanation as indented lines: result, part of the rule, value seen, reason. */
export function renderExplanation(explanation: Explanation, depth = 0): string {
  const { result, expression, property, because } = explanation;
  const value =
    'value' in explanation && property !== undefined ? `${property} is ${show(explanation.value)}` : '';
  const notes = [value, because ?? ''].filter((note) => note !== '').join('; ');
  const oneLine = expression.replace(/\s+/g, ' ').trim();
  const line = `${marks[String(result)] ?? ''}  ${'  '.repeat(depth)}${oneLine}${notes === '' ? '' : `   <- ${notes}`}`;
  return [line, ...explanation.parts.map((part) => renderExplanation(part, depth + 1))].join('\n');
}
