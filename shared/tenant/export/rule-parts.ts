import { userProperties } from '../../policy/rule/attributes/user-properties';
import { readMembershipRule } from '../../policy/rule/membership-rule';
import { parseRule } from '../../policy/rule/syntax/parse-rule';
import { RuleError } from '../../policy/rule/syntax/rule-error';
import type { Expression, Literal, Located, Reference } from '../../policy/rule/syntax/syntax';

type ComparisonPart = Extract<Expression, { kind: 'comparison' }>;

/** A comparison of a rule, with what it looks at. */
export type RulePart =
  | (Located & {
      readonly kind: 'comparison';
      readonly comparison: ComparisonPart;
      /** Where Graph has it; `group` and `group/id` of the groups of a user; null: nothing of a tenant's own. */
      readonly path: string | null;
      /** The collection that is asked element by element. */
      readonly within: Reference | null;
    })
  /** A property that is named otherwise in the copy. */
  | (Located & { readonly kind: 'reference'; readonly name: string })
  | (Located & { readonly kind: 'manager'; readonly id: string });

/**
 * What a membership rule compares, in the order of its text; null: the text is no rule for users.
 */
export function partsOfRule(source: string): readonly RulePart[] | null {
  try {
    return readMembershipRule(source).valid ? [...walk(parseRule(source).expression, null)] : null;
  } catch (thrown) {
    if (thrown instanceof RuleError) return null;
    throw thrown;
  }
}

function* walk(expression: Expression, within: Reference | null): Generator<RulePart> {
  const { start, end } = expression;
  switch (expression.kind) {
    case 'and':
    case 'or':
      for (const operand of expression.operands) yield* walk(operand, within);
      return;
    case 'not':
      yield* walk(expression.operand, within);
      return;
    case 'quantified':
      yield* named(expression.reference);
      yield* walk(expression.body, expression.reference);
      return;
    case 'directReports': {
      const { value: id, ...at } = expression.manager;
      yield { kind: 'manager', id, start: at.start, end: at.end };
      return;
    }
    case 'comparison':
      yield* named(expression.reference);
      yield {
        kind: 'comparison',
        comparison: expression,
        path: pathOf(expression, within),
        within,
        start,
        end,
      };
  }
}

function* named({ object, name, start, end }: Reference): Generator<RulePart> {
  if (object.toLowerCase() === 'user' && /^extension_/i.test(name)) {
    yield { kind: 'reference', name, start, end };
  }
}

function pathOf({ reference }: ComparisonPart, within: Reference | null): string | null {
  switch (reference.object.toLowerCase()) {
    case 'user':
      return graphPathOf(reference.name);
    case '_':
      return within === null ? null : graphPathOf(within.name);
    case 'group':
      return reference.name.toLowerCase() === 'objectid' ? 'group/id' : 'group';
    default:
      return null;
  }
}

function graphPathOf(name: string): string {
  const wanted = name.toLowerCase();
  return userProperties.find((property) => property.name.toLowerCase() === wanted)?.path ?? name;
}

const whole: ReadonlySet<string> = new Set(['eq', 'ne', 'in', 'notIn', 'ge', 'le']);

/** Whether the comparison looks at a part of a text, and not at all of it. */
export function looksInside({ operator }: ComparisonPart): boolean {
  return !whole.has(operator);
}

/** Texts and numbers of a value, with their places. */
export function* literalsOf(value: Literal): Generator<Located & { readonly text: string }> {
  const { start, end } = value;
  switch (value.kind) {
    case 'string':
      yield { text: value.value, start, end };
      return;
    case 'number':
    case 'date':
      yield { text: value.text, start, end };
      return;
    case 'list':
      for (const item of value.items) yield* literalsOf(item);
      return;
    default:
  }
}

/** Which of these values a comparison that looks inside texts is true for. `source`: the rule it stands in. */
export function valuesFulfilling(
  source: string,
  { comparison, path, within }: Extract<RulePart, { kind: 'comparison' }>,
  values: Iterable<string>,
): readonly string[] {
  const text = source.slice(comparison.start, comparison.end);
  const alone = within === null ? text : `${source.slice(within.start, within.end)} -any (${text})`;
  const reading = readMembershipRule(alone);
  if (!reading.valid || path === null) return [];
  const { rule } = reading;
  return [...values].filter(
    (value) => rule.evaluate(userWith(path, value, within), { now: 0, absent: 'null' }) === true,
  );
}

const collections: ReadonlySet<string> = new Set([
  'otherMails',
  'proxyAddresses',
  'businessPhones',
  'imAddresses',
]);

function userWith(path: string, value: string, within: Reference | null): Record<string, unknown> {
  if (path === 'group') return { memberOf: [{ id: '', displayName: value }] };
  const [property = path, part] = path.split('/');
  const held = within !== null || collections.has(property) ? [value] : value;
  return { [property]: part === undefined ? held : { [part]: held } };
}
