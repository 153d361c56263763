import type { RuleContext, Truth } from '../../condition';
import { foldText } from '../../fold-case';
import { findElementAttribute } from '../attributes/element-attributes';
import type { Comparison } from '../check/checked-rule';
import { isWholeName } from '../group-names';
import { notTruth } from './truth';

/** Undefined: no tenant says what this name stands for; the name of the group itself counts then. */
type GroupNameTest = (element: Readonly<Record<string, unknown>>, context: RuleContext) => Truth | undefined;

/**
 * A condition on the whole name of a group is about the group that the name was bound to, whatever the tenant calls it
 * now. undefined: the comparison is about something else, or about a part of a name, which is about whatever groups
 * there are.
 */
export function compileGroupName(comparison: Comparison): GroupNameTest | undefined {
  const { attribute, operator, value } = comparison;
  if (attribute.name !== 'group.displayName' || !isWholeName(operator)) return undefined;
  const texts = value.kind === 'text' ? [value.text] : value.kind === 'texts' ? value.texts : [];
  if (texts.length === 0) return undefined;
  const names = texts.map(foldText);
  const isNegative = operator === 'ne' || operator === 'notIn';
  return (element, { groups }) => {
    if (groups === undefined) return undefined;
    if (!names.every((name) => groups.ids.has(name) || groups.unsure.has(name))) return undefined;
    const id = idOf(element);
    if (id === undefined) return 'undecided';
    const isOne = names.some((name) => [...(groups.ids.get(name) ?? [])].some((known) => known === id));
    const truth = isOne ? true : names.some((name) => groups.unsure.has(name)) ? 'undecided' : false;
    return isNegative ? notTruth(truth) : truth;
  };
}

const groupId = findElementAttribute('groups', 'group.objectId');

function idOf(element: Readonly<Record<string, unknown>>): string | undefined {
  const id = groupId?.read(element);
  return typeof id === 'string' ? id.toLowerCase() : undefined;
}
