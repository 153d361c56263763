import type { Literal, Located, Operator } from './syntax';
import type { TokenReader } from './token-reader';
import type { Token } from './tokens';

const numberText = /^-?\d+(\.\d+)?$/;

/** The right side of a comparison. Whether it suits the property and the operator is decided later. */
export function parseValue(reader: TokenReader, operator: Operator): Literal {
  const token = reader.peek();
  switch (token.kind) {
    case '[':
      return parseList(reader);
    case '(':
      return parseParenthesizedNow(reader, operator);
    case 'string':
    case 'number':
    case 'word':
      return parseScalar(reader);
    default: {
      const hint = token.kind === 'end' ? 'The rule stops too early.' : undefined;
      throw reader.expected(`a value after -${operator}`, token, hint);
    }
  }
}

function parseList(reader: TokenReader): Literal {
  const open = reader.next();
  const items: Literal[] = [];
  if (reader.peek().kind === ']') {
    throw reader.fail('rule/value', 'The list is empty', reader.peek(), 'Name at least one value.');
  }
  for (;;) {
    const token = reader.peek();
    if (token.kind !== 'string' && token.kind !== 'number' && token.kind !== 'word') {
      const hint =
        token.kind === ']' ? 'Remove the comma before it.' : 'Values are separated by commas: ["A", "B"].';
      throw reader.expected('a value of the list', token, hint);
    }
    items.push(parseScalar(reader));
    const separator = reader.next();
    if (separator.kind === ']') return { kind: 'list', items, start: open.start, end: separator.end };
    if (separator.kind !== ',') {
      throw reader.expected(', or ]', separator, 'Values are separated by commas: ["A", "B"].');
    }
  }
}

function parseScalar(reader: TokenReader): Literal {
  const token = reader.next();
  const at = { start: token.start, end: token.end };
  if (token.kind === 'string') return { kind: 'string', value: token.value, ...at };
  if (token.kind === 'number') {
    const kind = numberText.test(token.value) ? 'number' : 'date';
    return { kind, text: token.value, ...at };
  }
  if (!token.dashed) {
    switch (token.value.toLowerCase()) {
      case 'true':
        return { kind: 'boolean', value: true, ...at };
      case 'false':
        return { kind: 'boolean', value: false, ...at };
      case 'null':
      case '$null':
        return { kind: 'null', ...at };
      case 'system.now':
        return parseNow(reader, at);
    }
  }
  throw reader.fail(
    'rule/value',
    `Expected a value, found ${reader.describe(token)}`,
    token,
    wordHint(token),
  );
}

function wordHint(token: Token): string {
  const lower = token.value.toLowerCase();
  if (token.dashed) return 'A value must come before it.';
  if (lower === '$true' || lower === '$false') return `Write ${lower.slice(1)}.`;
  if (lower.startsWith('system.')) return 'Only system.now exists.';
  if (lower.startsWith('user.'))
    return 'A property is compared with a literal value, not with another property.';
  return `Text values stand in quotes: "${token.value}".`;
}

/** What follows `system.now`: nothing, or one -plus or -minus with an ISO 8601 duration. */
function parseNow(reader: TokenReader, now: Located): Literal {
  const operation = reader.peek();
  const sign = operation.kind === 'word' ? operation.value.toLowerCase() : '';
  if (sign !== 'plus' && sign !== 'minus') return { kind: 'now', offset: null, ...now };
  reader.next();
  const duration = reader.next();
  if (duration.kind !== 'word' || duration.dashed || !/^p/i.test(duration.value)) {
    const hint = 'An ISO 8601 duration without quotes: P14D, PT12H, P2W.';
    throw reader.expected(`a duration after -${sign}`, duration, hint);
  }
  if (reader.isWord('plus') || reader.isWord('minus')) {
    throw reader.fail(
      'rule/value',
      'system.now takes one -plus or -minus',
      reader.peek(),
      'Write one duration: P1DT6H instead of P1D and PT6H.',
    );
  }
  const at = { start: operation.start, end: duration.end };
  return {
    kind: 'now',
    offset: { sign, duration: duration.value, ...at },
    start: now.start,
    end: duration.end,
  };
}

function parseParenthesizedNow(reader: TokenReader, operator: Operator): Literal {
  let opened = 0;
  const { start } = reader.peek();
  while (reader.peek().kind === '(') {
    reader.next();
    opened++;
  }
  const first = reader.peek();
  if (!(first.kind === 'word' && first.value.toLowerCase() === 'system.now')) {
    const hint =
      operator === 'in' || operator === 'notIn'
        ? 'Lists stand in square brackets: ["A", "B"].'
        : 'Parentheses stand around a whole condition: (user.city -eq "Oslo").';
    throw reader.expected(`a value after -${operator}`, first, hint);
  }
  const now = parseScalar(reader);
  let end = now.end;
  for (; opened > 0; opened--) {
    const close = reader.next();
    if (close.kind !== ')') throw reader.expected(')', close);
    end = close.end;
  }
  return { ...now, start, end };
}
