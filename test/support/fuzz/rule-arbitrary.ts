import fc from 'fast-check';
import type { RuleUser, Truth } from '../../../shared/policy/condition';

/**
 * Random rules together with what they mean: text and a naive interpreter of it, written without the product's code.
 */
export type RuleModel = {
  readonly text: string;
  /** Under an even number of -not and "assume". */
  readonly evaluate: (user: RuleUser) => Truth;
};

type Value = string | null | undefined;

const texts = ['Sales', 'sales', 'Oslo', 'os', 'O', 'Zürich', "it's", 'a "b"', '', 'x ', '1'];
const text = fc.constantFrom(...texts);
const properties: Readonly<Record<string, (user: RuleUser) => Value>> = {
  department: (user) => user['department'] as Value,
  city: (user) => user['city'] as Value,
  physicalDeliveryOfficeName: (user) => user['officeLocation'] as Value,
  extensionAttribute1: (user) => {
    const container = user['onPremisesExtensionAttributes'] as
      Record<string, string | null> | null | undefined;
    return container && (container['extensionAttribute1'] ?? null);
  },
};

const anyCase = (word: string) =>
  fc.constantFrom(word, word.toLowerCase(), word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1));
const dash = fc.constantFrom('-', '–', '');
const operator = (name: string) => fc.tuple(dash, anyCase(name)).map(([mark, word]) => mark + word);
const blank = fc.constantFrom(' ', '  ', '\n', '\t ');

const quoted = (value: string) => {
  const double = `"${value.replaceAll('"', '\\"')}"`;
  return fc.constantFrom(double, `'${value.replaceAll("'", "''")}'`);
};

const lower = (value: string) => value.toLowerCase();
const isEmpty = (value: Value) => value === null || value === '';

/** name: [meaning on a value, result on an empty attribute for a literal that is not empty] */
const textTests: Readonly<Record<string, readonly [(value: string, literal: string) => boolean, boolean]>> = {
  eq: [(value, literal) => lower(value) === lower(literal), false],
  ne: [(value, literal) => lower(value) !== lower(literal), true],
  startsWith: [(value, literal) => lower(value).startsWith(lower(literal)), false],
  notStartsWith: [(value, literal) => !lower(value).startsWith(lower(literal)), true],
  endsWith: [(value, literal) => lower(value).endsWith(lower(literal)), false],
  notEndsWith: [(value, literal) => !lower(value).endsWith(lower(literal)), true],
  contains: [(value, literal) => lower(value).includes(lower(literal)), false],
  notContains: [(value, literal) => !lower(value).includes(lower(literal)), true],
};

function onEmpty(name: string, literal: string, result: boolean): boolean {
  if (literal === '' && name === 'eq') return true;
  if (literal === '' && name === 'ne') return false;
  return result;
}

const property = fc.constantFrom(...Object.keys(properties));
const reference = (name: string) => fc.tuple(anyCase('user'), anyCase(name)).map((words) => words.join('.'));

function comparison(left: string, name: string, right: string): fc.Arbitrary<string> {
  return fc
    .tuple(operator(name), blank, blank)
    .map(([op, before, after]) => left + before + op + after + right);
}

const textComparison: fc.Arbitrary<RuleModel> = fc
  .tuple(property, fc.constantFrom(...Object.keys(textTests)), text)
  .chain(([name, test, literal]) =>
    fc
      .tuple(reference(name), quoted(literal))
      .chain(([left, right]) => comparison(left, test, right))
      .map((source) => ({
        text: source,
        evaluate: (user: RuleUser): Truth => {
          const value = properties[name]?.(user);
          const [meaning, empty] = textTests[test] ?? [() => false, false];
          if (value === undefined) return 'undecided';
          return isEmpty(value) ? onEmpty(test, literal, empty) : meaning(value ?? '', literal);
        },
      })),
  );

const listComparison: fc.Arbitrary<RuleModel> = fc
  .tuple(property, fc.boolean(), fc.array(text, { minLength: 1, maxLength: 3 }))
  .chain(([name, positive, literals]) =>
    fc
      .tuple(reference(name), ...literals.map(quoted))
      .chain(([left, ...items]) => comparison(left, positive ? 'in' : 'notIn', `[${items.join(' , ')}]`))
      .map((source) => ({
        text: source,
        evaluate: (user: RuleUser): Truth => {
          const value = properties[name]?.(user);
          if (value === undefined) return 'undecided';
          const found = isEmpty(value)
            ? literals.includes('')
            : literals.some((item) => lower(item) === lower(value ?? ''));
          return found === positive;
        },
      })),
  );

const nullComparison: fc.Arbitrary<RuleModel> = fc
  .tuple(property, fc.constantFrom('eq', 'ne'), fc.constantFrom('null', 'NULL', '$null'))
  .chain(([name, test, word]) =>
    reference(name)
      .chain((left) => comparison(left, test, word))
      .map((source) => ({
        text: source,
        evaluate: (user: RuleUser): Truth => {
          const value = properties[name]?.(user);
          return value === undefined ? 'undecided' : isEmpty(value) === (test === 'eq');
        },
      })),
  );

const booleanComparison: fc.Arbitrary<RuleModel> = fc
  .tuple(fc.constantFrom('eq', 'ne'), fc.boolean())
  .chain(([test, wanted]) =>
    fc
      .tuple(reference('accountEnabled'), anyCase(String(wanted)))
      .chain(([left, word]) => comparison(left, test, word))
      .map((source) => ({
        text: source,
        evaluate: (user: RuleUser): Truth => {
          const value = user['accountEnabled'];
          if (value === undefined) return 'undecided';
          return (value === wanted) === (test === 'eq');
        },
      })),
  );

const quantified: fc.Arbitrary<RuleModel> = fc
  .tuple(fc.constantFrom('any', 'all'), fc.constantFrom(...Object.keys(textTests)), text)
  .chain(([quantifier, test, literal]) =>
    fc
      .tuple(reference('otherMails'), operator(quantifier), quoted(literal), fc.constantFrom('', ' '))
      .chain(([left, op, right, gap]) =>
        comparison('_', test, right).map((body) => `${left} ${op}${gap}(${body})`),
      )
      .map((source) => ({
        text: source,
        evaluate: (user: RuleUser): Truth => {
          const mails = user['otherMails'] as readonly string[] | null | undefined;
          if (mails === undefined) return 'undecided';
          const [meaning] = textTests[test] ?? [() => false];
          const results = (mails ?? []).map((mail) => meaning(mail, literal));
          return quantifier === 'any' ? results.includes(true) : !results.includes(false);
        },
      })),
  );

const leaf = fc.oneof(textComparison, listComparison, nullComparison, booleanComparison, quantified);

function and(results: readonly Truth[]): Truth {
  if (results.some((result) => result === false)) return false;
  return results.every((result) => result === true) ? true : 'undecided';
}
const not = (result: Truth): Truth => (result === 'undecided' ? result : !result);

const anyLength: fc.Arbitrary<RuleModel> = fc.letrec<{
  or: RuleModel;
  and: RuleModel;
  not: RuleModel;
  primary: RuleModel;
}>((tie) => ({
  or: fc.tuple(fc.array(tie('and'), { minLength: 1, maxLength: 3 }), operator('or')).map(([parts, word]) => ({
    text: parts.map((part) => part.text).join(` ${word} `),
    evaluate: (user) => not(and(parts.map((part) => not(part.evaluate(user))))),
  })),
  and: fc
    .tuple(fc.array(tie('not'), { minLength: 1, maxLength: 3 }), operator('and'))
    .map(([parts, word]) => ({
      text: parts.map((part) => part.text).join(` ${word} `),
      evaluate: (user) => and(parts.map((part) => part.evaluate(user))),
    })),
  not: fc.oneof(
    { weight: 3, arbitrary: tie('primary') },
    {
      weight: 1,
      arbitrary: fc.tuple(operator('not'), tie('primary')).map(([word, inner]) => ({
        text: `${word} ${inner.text}`,
        evaluate: (user: RuleUser) => not(inner.evaluate(user)),
      })),
    },
  ),
  primary: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    leaf,
    tie('or').map((inner) => ({ text: `(${inner.text})`, evaluate: inner.evaluate })),
  ),
})).or;

/** Entra's limit is tested elsewhere. */
export const ruleModel = anyLength.filter((model) => model.text.length <= 3000);

const optional = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof(arbitrary, arbitrary, fc.constant(null), fc.constant(undefined));

/** Users with values, empty and missing properties. */
export const ruleUser: fc.Arbitrary<RuleUser> = fc
  .record({
    department: optional(text),
    city: optional(text),
    officeLocation: optional(text),
    onPremisesExtensionAttributes: optional(
      fc.record({ extensionAttribute1: fc.oneof(text, fc.constant(null)) }),
    ),
    accountEnabled: optional(fc.boolean()).filter((value) => value !== null),
    otherMails: optional(
      fc.array(
        text.filter((value) => value !== ''),
        { maxLength: 3 },
      ),
    ),
  })
  .map((user) => Object.fromEntries(Object.entries(user).filter(([, value]) => value !== undefined)));
