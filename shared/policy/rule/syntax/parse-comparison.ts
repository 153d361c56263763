import { findOperator, operatorHint } from './operator-names';
import { parseValue } from './parse-value';
import type { Expression, Located, Quantifier, Reference } from './syntax';
import type { TokenReader } from './token-reader';
import type { Token } from './tokens';
import { unsupportedAttribute } from '../attributes/unsupported-attribute';
import { findUserAttribute } from '../attributes/user-attributes';

/** `property operator value` or `collection -any/-all (condition)`; the order is fixed. */
export function parseComparison(
  reader: TokenReader,
  parseBody: (reader: TokenReader) => Expression,
): Expression {
  const reference = parseReference(reader);
  const operator = reader.next();
  const name = operator.kind === 'word' ? operator.value.toLowerCase() : '';
  if (operator.glued) {
    reader.warn('rule/blank-missing', `Put a blank before ${reader.describe(operator)}`, operator);
  }
  const operatorAt: Located = { start: operator.start, end: operator.end };
  if (name === 'any' || name === 'all')
    return parseQuantified(reader, reference, name, operatorAt, parseBody);
  const known = findOperator(name);
  if (known === undefined) throw missingOperator(reader, reference, operator);
  const value = parseValue(reader, known);
  return {
    kind: 'comparison',
    reference,
    operator: known,
    operatorAt,
    value,
    start: reference.start,
    end: value.end,
  };
}

function missingOperator(reader: TokenReader, reference: Reference, found: Token) {
  const property = reader.source.slice(reference.start, reference.end);
  if (found.kind === 'word') {
    const code = found.dashed ? 'rule/operator' : 'rule/expected';
    const message = found.dashed
      ? `There is no operator ${reader.describe(found)}`
      : `Expected an operator after ${property}, found ${reader.describe(found)}`;
    return reader.fail(code, message, found, operatorHint(found.value));
  }
  const hint =
    found.kind === 'number' && /^extension_/i.test(reference.name)
      ? 'Write the application id of an extension without hyphens: user.extension_c272a57b722d4eb29bfe327874ae79cb_name.'
      : found.kind === 'string'
        ? 'Write -eq before the value.'
        : 'A property alone is no condition: user.accountEnabled -eq true';
  return reader.expected(`an operator after ${property}`, found, hint);
}

function parseQuantified(
  reader: TokenReader,
  reference: Reference,
  quantifier: Quantifier,
  operatorAt: Located,
  parseBody: (reader: TokenReader) => Expression,
): Expression {
  const open = reader.peek();
  if (open.kind !== '(') {
    throw reader.expected(
      `( after -${quantifier}`,
      open,
      `The condition stands in parentheses: user.otherMails -${quantifier} (_ -endsWith "@example.com")`,
    );
  }
  const body = parseBody(reader);
  return {
    kind: 'quantified',
    reference,
    quantifier,
    operatorAt,
    body,
    start: reference.start,
    end: reader.lastEnd,
  };
}

function parseReference(reader: TokenReader): Reference {
  const token = reader.next();
  const what = 'a condition such as user.city -eq "Oslo"';
  if (token.kind === 'string' || token.kind === 'number' || token.kind === '[') {
    throw reader.expected(what, token, 'The property comes first: user.city -eq "Oslo".');
  }
  if (token.kind !== 'word') {
    const hint = token.kind === 'end' ? 'The rule stops too early.' : undefined;
    throw reader.expected(what, token, hint);
  }
  const at = { start: token.start, end: token.end };
  if (token.value === '_' && !token.dashed) return { object: '_', name: '', ...at };
  const dot = token.value.indexOf('.');
  if (token.dashed || dot <= 0) throw noReference(reader, token, what);
  const object = token.value.slice(0, dot);
  const name = token.value.slice(dot + 1);
  if (object.startsWith('$')) {
    throw reader.expected(what, token, `Write it without the dollar sign: ${token.value.slice(1)}.`);
  }
  const reference = { object, name, ...at };
  // A wrong name is told before whatever follows it: it is often why the rest looks odd.
  const lower = object.toLowerCase();
  if (lower === 'device' || (lower === 'user' && findUserAttribute(name) === undefined)) {
    throw unsupportedAttribute(reference, null, reader.fail);
  }
  return reference;
}

function noReference(reader: TokenReader, token: Token, what: string) {
  const lower = token.value.toLowerCase();
  if (token.dashed || findOperator(lower) !== undefined || ['and', 'or', 'any', 'all'].includes(lower)) {
    const hint = lower === 'and' || lower === 'or' ? 'A condition is missing before it.' : undefined;
    return reader.expected(what, token, hint);
  }
  if (['true', 'false', 'null', '$null', '$true', '$false', 'system.now'].includes(lower)) {
    return reader.expected(what, token, 'The property comes first: user.accountEnabled -eq true.');
  }
  return reader.fail(
    'rule/property',
    `Expected a property with its object, found ${reader.describe(token)}`,
    token,
    lower === 'user' ? 'Write the property after it: user.city.' : `Write user.${token.value}.`,
  );
}
