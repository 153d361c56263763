import { foldText } from '../fold-case';
import type { CheckedExpression, Comparison } from '../rule/check/checked-rule';

/**
 * Can conditions hold together? Answers "no" only when that is certain: what is not a plain comparison of one
 * property with texts, booleans or dates counts as possible.
 */

/** A comparison, asked for or ruled out. */
type Literal = { readonly comparison: Comparison; readonly wanted: boolean };
/** Literals that must all hold. */
type Term = readonly Literal[];

/** Alternatives beyond this are not looked at: the answer is then "possible". */
const maximumTerms = 512;

/** May a user fulfil all of `holding` and none of `failing`? */
export function canHold(
  holding: readonly CheckedExpression[],
  failing: readonly CheckedExpression[] = [],
): boolean {
  let terms: readonly Term[] = [[]];
  for (const [expressions, wanted] of [
    [holding, true],
    [failing, false],
  ] as const) {
    for (const expression of expressions) {
      const next = toTerms(expression, wanted);
      if (next === undefined) return true;
      terms = terms.flatMap((term) => next.map((more) => [...term, ...more]));
      if (terms.length > maximumTerms) return true;
    }
  }
  return terms.some(isPossible);
}

/** Disjunctive normal form; undefined when it grows too large. */
function toTerms(expression: CheckedExpression, wanted: boolean): readonly Term[] | undefined {
  switch (expression.kind) {
    case 'not':
      return toTerms(expression.operand, !wanted);
    case 'comparison':
      return [[{ comparison: expression, wanted }]];
    case 'quantified':
    case 'directReports':
      return [[]];
    case 'and':
    case 'or': {
      const parts = expression.operands.map((operand) => toTerms(operand, wanted));
      const conjunction = (expression.kind === 'and') === wanted;
      let terms: readonly Term[] = conjunction ? [[]] : [];
      for (const part of parts) {
        if (part === undefined) return undefined;
        terms = conjunction
          ? terms.flatMap((term) => part.map((more) => [...term, ...more]))
          : [...terms, ...part];
        if (terms.length > maximumTerms) return undefined;
      }
      return terms;
    }
  }
}

function isPossible(term: Term): boolean {
  const byAttribute = new Map<string, Literal[]>();
  for (const literal of term) {
    const name = literal.comparison.attribute.name.toLowerCase();
    byAttribute.set(name, [...(byAttribute.get(name) ?? []), literal]);
  }
  return [...byAttribute.values()].every(isPossibleForOne);
}

/** Is there any value of the attribute, or none, that fulfils all literals about it? */
function isPossibleForOne(literals: readonly Literal[]): boolean {
  const type = literals[0]?.comparison.attribute.type;
  if (type === 'dateTime') return isPossibleDate(literals);
  if (type !== 'string' && type !== 'boolean') return true;
  const candidates = new Set<string | null>([null, '\u0000 any other value']);
  if (type === 'boolean') {
    candidates.delete('\u0000 any other value');
    candidates.add('true').add('false');
  }
  for (const { comparison } of literals) {
    const { value } = comparison;
    if (value.kind === 'text') candidates.add(foldText(value.text));
    if (value.kind === 'texts') for (const text of value.texts) candidates.add(foldText(text));
  }
  return [...candidates].some((candidate) => literals.every((literal) => mayBe(literal, candidate)));
}

/** Dates at, just before and just after every fixed date, and none; comparisons with system.now may do anything. */
function isPossibleDate(literals: readonly Literal[]): boolean {
  const candidates = new Set<number | null>([null]);
  const floating = literals.some(({ comparison }) => comparison.value.kind === 'now');
  if (floating || !literals.some(({ comparison }) => comparison.value.kind === 'moment')) candidates.add(0);
  for (const { comparison } of literals) {
    if (comparison.value.kind !== 'moment') continue;
    for (const step of [-1, 0, 1]) candidates.add(comparison.value.at + step);
  }
  return [...candidates].some((at) =>
    literals.every(({ comparison, wanted }) => {
      const truth = testDate(comparison, at);
      return truth === 'perhaps' || truth === wanted;
    }),
  );
}

function testDate({ operator, value }: Comparison, at: number | null): boolean | 'perhaps' {
  if (value.kind === 'null') return (at === null) === (operator === 'eq');
  if (at === null) return operator === 'eq' || operator === 'ge' ? false : 'perhaps';
  if (value.kind !== 'moment') return 'perhaps';
  switch (operator) {
    case 'eq':
      return at === value.at;
    case 'ne':
      return at !== value.at;
    case 'ge':
      return at >= value.at;
    case 'le':
      return at <= value.at;
    default:
      return 'perhaps';
  }
}

/** `(?-i)`: letter case counts, which candidates have lost. */
const caseCounts = /\(\?[a-z]*-[a-z]*i/i;

/** Could this value fulfil the literal? For tests that are not about equality the stand-in value may do anything. */
function mayBe({ comparison, wanted }: Literal, candidate: string | null): boolean {
  const truth = testCandidate(comparison, candidate);
  return truth === 'perhaps' || truth === wanted;
}

function testCandidate({ operator, value }: Comparison, candidate: string | null): boolean | 'perhaps' {
  if (value.kind === 'null') return (candidate === null) === (operator === 'eq');
  const standIn = candidate !== null && candidate.startsWith('\u0000');
  const negative = operator === 'ne' || operator.startsWith('not');
  if (candidate === null || candidate === '') {
    // "" counts as empty; what negative tests say of the empty is settled for -ne and -notIn.
    if (value.kind === 'text' && value.text === '') return 'perhaps';
    if (value.kind === 'texts' && value.texts.includes('')) return 'perhaps';
    return operator === 'ne' || operator === 'notIn' ? true : negative ? 'perhaps' : false;
  }
  if (value.kind === 'boolean') return (candidate === String(value.value)) === (operator === 'eq');
  if (value.kind === 'texts')
    return value.texts.some((text) => foldText(text) === candidate) === (operator === 'in');
  if (value.kind === 'text') {
    const text = foldText(value.text);
    const found = {
      eq: () => candidate === text,
      startsWith: () => (standIn ? ('perhaps' as const) : candidate.startsWith(text)),
      endsWith: () => (standIn ? ('perhaps' as const) : candidate.endsWith(text)),
      contains: () => (standIn ? ('perhaps' as const) : candidate.includes(text)),
    };
    const positive =
      operator === 'ne'
        ? 'eq'
        : negative
          ? `${operator.charAt(3).toLowerCase()}${operator.slice(4)}`
          : operator;
    const truth = Object.hasOwn(found, positive) ? found[positive as keyof typeof found]() : 'perhaps';
    return truth === 'perhaps' ? truth : truth !== negative;
  }
  if (value.kind === 'pattern' && !standIn && !caseCounts.test(value.regex.pattern)) {
    const truth = value.regex.test(candidate);
    return truth === 'undecided' ? 'perhaps' : truth !== negative;
  }
  return 'perhaps';
}
