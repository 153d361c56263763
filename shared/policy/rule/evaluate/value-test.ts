import type { RuleContext, Truth } from '../../condition';
import { foldText } from '../../fold-case';
import type { Comparison } from '../check/checked-rule';
import { parseDateTime } from './date-time';
import { addDuration } from './duration';

/** Tests one value that is not empty. What the type does not allow for is `undecided`, never a guess. */
export type ValueTest = (value: unknown, context: RuleContext) => Truth;

/** The test that a comparison puts to a value that is not empty. */
export function makeValueTest(comparison: Comparison): ValueTest {
  switch (comparison.attribute.type) {
    case 'boolean':
      return booleanTest(comparison);
    case 'dateTime':
      return momentTest(comparison);
    case 'string':
    case 'stringCollection':
      return textTest(comparison);
    case 'plans':
    case 'groups':
      return () => 'undecided';
  }
}

function booleanTest({ operator, value }: Comparison): ValueTest {
  // -eq null and -ne null: there is a value.
  if (value.kind !== 'boolean') return () => operator === 'ne';
  const wanted = operator === 'eq' ? value.value : !value.value;
  return (actual) => {
    const known = typeof actual === 'string' ? fromWord(actual) : actual;
    return typeof known === 'boolean' ? known === wanted : 'undecided';
  };
}

function fromWord(text: string): boolean | undefined {
  const word = text.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}

function momentTest({ operator, value }: Comparison): ValueTest {
  if (value.kind === 'null') return () => operator === 'ne';
  return (actual, context) => {
    const moment = typeof actual === 'string' ? parseDateTime(actual) : undefined;
    if (moment === undefined) return 'undecided';
    const wanted =
      value.kind === 'moment'
        ? value.at
        : value.kind === 'now'
          ? value.offset === null
            ? context.now
            : addDuration(context.now, value.offset.sign, value.offset.duration)
          : NaN;
    switch (operator) {
      case 'ge':
        return moment.at >= wanted;
      case 'le':
        return moment.at <= wanted;
      case 'ne':
        return moment.at !== wanted;
      default:
        return moment.at === wanted;
    }
  };
}

/** Extension attributes may hold numbers and booleans; anything else that is no text cannot be compared. */
function toText(actual: unknown): string | undefined {
  if (typeof actual === 'string') return actual;
  return typeof actual === 'number' || typeof actual === 'boolean' ? String(actual) : undefined;
}

function onText(test: (text: string) => Truth): ValueTest {
  return (actual) => {
    const text = toText(actual);
    return text === undefined ? 'undecided' : test(text);
  };
}

function textTest({ operator, value }: Comparison): ValueTest {
  switch (value.kind) {
    case 'null':
      return () => operator === 'ne';
    case 'pattern': {
      const { regex } = value;
      if (operator === 'match') return onText((text) => regex.test(text));
      return onText((text) => {
        const found = regex.test(text);
        return found === 'undecided' ? found : !found;
      });
    }
    case 'texts': {
      const wanted = new Set(value.texts.map(foldText));
      return operator === 'in'
        ? onText((text) => wanted.has(foldText(text)))
        : onText((text) => !wanted.has(foldText(text)));
    }
    case 'text':
      return plainTextTest(operator, value.text);
    case 'boolean':
    case 'moment':
    case 'now':
      return () => 'undecided';
  }
}

function plainTextTest(operator: Comparison['operator'], literal: string): ValueTest {
  const wanted = foldText(literal);
  const equals = makeEquals(literal);
  switch (operator) {
    case 'eq':
      return onText(equals);
    case 'ne':
      return onText((text) => !equals(text));
    case 'startsWith':
      return onText((text) => foldText(text).startsWith(wanted));
    case 'notStartsWith':
      return onText((text) => !foldText(text).startsWith(wanted));
    case 'endsWith':
      return onText((text) => foldText(text).endsWith(wanted));
    case 'notEndsWith':
      return onText((text) => !foldText(text).endsWith(wanted));
    case 'contains':
      return onText((text) => foldText(text).includes(wanted));
    case 'notContains':
      return onText((text) => !foldText(text).includes(wanted));
    default:
      return () => 'undecided';
  }
}

/** Equality is the commonest test by far; a text of another length cannot equal an ASCII one, whatever its case. */
function makeEquals(literal: string): (text: string) => boolean {
  const wanted = foldText(literal);
  const { length } = wanted;
  const ascii = /^[\0-\x7f]*$/.test(wanted);
  return ascii
    ? (text) => text.length === length && (text === literal || text === wanted || foldText(text) === wanted)
    : (text) => foldText(text) === wanted;
}
