import type { Truth } from '../../condition';
import type { CheckedValue, Comparison } from '../check/checked-rule';

/**
 * What no public source settles about empty attributes: `assume` answers as the evaluators that are public do,
 * `undecided` refuses to guess.
 */
export type Unconfirmed = 'assume' | 'undecided';

export type NullRow = {
  readonly truth: Truth;
  readonly confirmed: boolean;
  /** For people: which rule about empty attributes decided. */
  readonly because: string;
};

const confirmed = (truth: boolean, because: string): NullRow => ({ truth, confirmed: true, because });

/**
 * The result of a comparison with an attribute that is empty (null, an empty text or an empty collection). -eq null
 * and -ne null are documented (https://learn.microsoft.com/entra/identity/users/groups-dynamic-membership, use of
 * null values); that -ne and -notIn take in users without a value is seen in tenants.
 * `negated`: under an odd number of -not, where even a plain "no" is unconfirmed.
 */
export function nullRow(comparison: Comparison, unconfirmed: Unconfirmed, negated: boolean): NullRow {
  const guess = (truth: boolean, because: string): NullRow => ({
    truth: unconfirmed === 'assume' ? truth : 'undecided',
    confirmed: false,
    because,
  });
  const { operator, value } = comparison;
  if (value.kind === 'null') {
    return confirmed(operator === 'eq', `the attribute is empty, which is what -${operator} null asks`);
  }
  const positive = (because: string) =>
    negated ? guess(false, `${because}, and -not turns it round`) : confirmed(false, because);
  switch (operator) {
    case 'eq':
    case 'in':
      if (namesEmpty(value)) return guess(true, 'an empty attribute counts as equal to ""');
      if (value.kind === 'boolean' && !value.value) return guess(false, 'an empty attribute is not false');
      if (namesNoPolicy(comparison)) return guess(false, 'an empty passwordPolicies is not "None"');
      return positive(`an empty attribute does not fulfil -${operator}`);
    case 'ne':
    case 'notIn':
      if (namesEmpty(value)) return guess(false, 'an empty attribute counts as equal to ""');
      if (namesNoPolicy(comparison)) return guess(true, 'an empty passwordPolicies is not "None"');
      if (value.kind === 'moment') return guess(true, 'an empty date differs from every date');
      if (value.kind === 'boolean' && !value.value) return guess(true, 'an empty attribute is not false');
      return confirmed(true, `an empty attribute fulfils -${operator}`);
    case 'startsWith':
    case 'endsWith':
    case 'contains':
    case 'match':
    case 'ge':
      return positive(`an empty attribute does not fulfil -${operator}`);
    case 'le':
      return guess(false, 'an empty date is not before any date');
    case 'notStartsWith':
    case 'notEndsWith':
    case 'notContains':
    case 'notMatch':
      return guess(true, `an empty attribute is taken to fulfil -${operator}`);
  }
}

function namesEmpty(value: CheckedValue): boolean {
  return (value.kind === 'text' && value.text === '') || (value.kind === 'texts' && value.texts.includes(''));
}

/** Whether an empty passwordPolicies and the documented value None are the same, no source says. */
function namesNoPolicy({ attribute, value }: Comparison): boolean {
  if (attribute.name !== 'user.passwordPolicies') return false;
  const texts = value.kind === 'text' ? [value.text] : value.kind === 'texts' ? value.texts : [];
  return texts.some((text) => text.toLowerCase() === 'none');
}
