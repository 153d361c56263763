import type { Condition, RuleContext, RuleUser } from '../../condition';
import { foldText } from '../../fold-case';
import type { Attribute } from '../attributes/attribute';
import type { CheckedExpression } from '../check/checked-rule';
import { isMembershipRule } from '../membership-rule';

export type MatchedRules<Key> = {
  /** In the order in which the rules were given. */
  readonly matched: readonly Key[];
  readonly undecided: readonly Key[];
};

export type RuleMatcher<Key> = (user: RuleUser, context: RuleContext) => MatchedRules<Key>;

/** A rule can only be true for users whose attribute has one of these values (letter case folded). */
type Anchor = { readonly attribute: Attribute; readonly values: ReadonlySet<string> };

type Indexed = { readonly place: number; readonly evaluate: Condition['evaluate'] };

/** The rules that need one attribute to have certain values, by these values. */
type ValueIndex = {
  readonly attribute: Attribute;
  readonly all: Indexed[];
  readonly byValue: Map<string, Indexed[]>;
};

/**
 * Evaluates many rules over a user, looking only at those that the user's values leave possible: rules that test the
 * same attribute for equality cost one look-up together. null as condition: always true.
 */
export function makeRuleMatcher<Key>(
  rules: readonly { readonly key: Key; readonly condition: Condition | null }[],
): RuleMatcher<Key> {
  const indexes = new Map<string, ValueIndex>();
  const others: Indexed[] = [];
  for (const [place, { condition }] of rules.entries()) {
    const entry: Indexed = {
      place,
      evaluate: condition === null ? () => true : (user, context) => condition.evaluate(user, context),
    };
    const anchor =
      condition !== null && isMembershipRule(condition) ? anchorOf(condition.expression) : undefined;
    if (anchor === undefined) others.push(entry);
    else addTo(indexes, anchor, entry);
  }
  const valueIndexes = [...indexes.values()];
  return (user, context) => {
    const matched: number[] = [];
    const undecided: number[] = [];
    const evaluateAll = (entries: readonly Indexed[]) => {
      for (const { place, evaluate } of entries) {
        const truth = evaluate(user, context);
        if (truth === true) matched.push(place);
        else if (truth === 'undecided') undecided.push(place);
      }
    };
    evaluateAll(others);
    for (const index of valueIndexes) evaluateAll(possibleRules(index, user, context));
    return { matched: keysOf(matched, rules), undecided: keysOf(undecided, rules) };
  };
}

const none: readonly Indexed[] = [];

function possibleRules(index: ValueIndex, user: RuleUser, context: RuleContext): readonly Indexed[] {
  const value = index.attribute.read(user);
  if (typeof value === 'string') return index.byValue.get(foldText(value)) ?? none;
  if (value === null || (value === undefined && context.absent === 'null')) return none;
  // Not read, or of a shape that only the rule itself can judge.
  return index.all;
}

function keysOf<Key>(places: number[], rules: readonly { readonly key: Key }[]): Key[] {
  places.sort((a, b) => a - b);
  return places.flatMap((place) => {
    const rule = rules[place];
    return rule === undefined ? [] : [rule.key];
  });
}

function addTo(indexes: Map<string, ValueIndex>, anchor: Anchor, entry: Indexed): void {
  const { attribute, values } = anchor;
  const name = attribute.name.toLowerCase();
  const index = indexes.get(name) ?? { attribute, all: [], byValue: new Map<string, Indexed[]>() };
  indexes.set(name, index);
  index.all.push(entry);
  for (const value of values) {
    const entries = index.byValue.get(value);
    if (entries === undefined) index.byValue.set(value, [entry]);
    else entries.push(entry);
  }
}

/** What must be the case for the expression to be anything but false; undefined: nothing that can be looked up. */
function anchorOf(expression: CheckedExpression): Anchor | undefined {
  switch (expression.kind) {
    case 'comparison': {
      const { attribute, operator, value } = expression;
      if (attribute.type !== 'string') return undefined;
      const texts =
        operator === 'eq' && value.kind === 'text'
          ? [value.text]
          : operator === 'in' && value.kind === 'texts'
            ? value.texts
            : [];
      // "" may stand for an empty attribute, which no value can be looked up by.
      return texts.length === 0 || texts.includes('')
        ? undefined
        : { attribute, values: new Set(texts.map(foldText)) };
    }
    case 'and': {
      const anchors = expression.operands.map(anchorOf).filter((anchor) => anchor !== undefined);
      return anchors.sort((a, b) => a.values.size - b.values.size)[0];
    }
    case 'or': {
      const anchors = expression.operands.map(anchorOf);
      const [first] = anchors;
      if (first === undefined) return undefined;
      const values = new Set<string>();
      for (const anchor of anchors) {
        if (anchor?.attribute.name.toLowerCase() !== first.attribute.name.toLowerCase()) return undefined;
        for (const value of anchor.values) values.add(value);
      }
      return { attribute: first.attribute, values };
    }
    case 'not':
    case 'quantified':
    case 'directReports':
      return undefined;
  }
}
