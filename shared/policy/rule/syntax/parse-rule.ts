import { tokenize } from './lexer';
import { parseComparison } from './parse-comparison';
import { RuleError } from './rule-error';
import type { RuleWarning } from './rule-error';
import type { Expression } from './syntax';
import { TokenReader } from './token-reader';
import type { Steps, Token } from './tokens';

/**
 * The limit on the body of a rule, in characters:
 * https://learn.microsoft.com/entra/identity/users/groups-dynamic-membership (rule syntax for a single expression).
 */
export const maximumRuleLength = 3072;
/** Parentheses and -not inside each other; far above what people write, and far below what the stack bears. */
const maximumDepth = 400;

export type ParsedRule = {
  readonly source: string;
  readonly expression: Expression;
  readonly warnings: readonly RuleWarning[];
  /** Work done, in steps of lexer and parser. */
  readonly steps: number;
};

/**
 * Parses a membership rule for users. Names are not looked up here (see check-rule.ts).
 * @throws RuleError, and nothing else, whatever the text.
 */
export function parseRule(source: string, steps: Steps = { count: 0 }): ParsedRule {
  if (source.length > maximumRuleLength) {
    throw new RuleError(
      'rule/too-long',
      `The rule has ${String(source.length)} characters; Entra takes ${String(maximumRuleLength)} at most`,
      { source, start: maximumRuleLength, end: source.length },
      'Join comparisons of one property with -in [...], or split the rule in two.',
    );
  }
  const reader = new TokenReader(source, tokenize(source, steps), steps);
  if (reader.peek().kind === 'end') {
    throw new RuleError(
      'rule/empty',
      'The rule is empty',
      { source, start: 0, end: 0 },
      'For every user, write: user.objectId -ne null',
    );
  }
  const expression = startsDirectReports(reader, 0) ? parseDirectReports(reader) : parseOr(reader);
  const after = reader.peek();
  if (after.kind !== 'end') throw trailing(reader, after);
  return { source, expression, warnings: reader.warnings, steps: steps.count };
}

function trailing(reader: TokenReader, token: Token): RuleError {
  if (token.kind === ')') {
    return reader.fail('rule/parenthesis', 'This parenthesis closes nothing', token, 'Remove it.');
  }
  if (token.kind === '(' || (token.kind === 'word' && !token.dashed)) {
    return reader.fail(
      'rule/missing-connector',
      `Expected -and or -or between two conditions, found ${reader.describe(token)}`,
      token,
      reader.hintOfDoubledQuotes(token) ?? 'Put -and or -or between them.',
    );
  }
  return reader.expected('-and, -or or the end of the rule', token);
}

function parseOr(reader: TokenReader): Expression {
  return parseConnected(reader, 'or', () => parseConnected(reader, 'and', () => parseNot(reader)));
}

function parseConnected(reader: TokenReader, kind: 'and' | 'or', parseOperand: () => Expression): Expression {
  const { start } = reader.peek();
  const first = parseOperand();
  if (!reader.isWord(kind)) return first;
  const operands = [first];
  while (reader.isWord(kind)) {
    glueWarning(reader, reader.next());
    operands.push(parseOperand());
  }
  // Parentheses around the first and the last operand belong to the text of the whole.
  return { kind, operands, parenthesized: false, start, end: reader.lastEnd };
}

function parseNot(reader: TokenReader): Expression {
  if (!reader.isWord('not')) return parsePrimary(reader);
  const { start } = reader.next();
  return nested(reader, start, () => {
    const operand = parseNot(reader);
    return { kind: 'not', operand, start, end: reader.lastEnd };
  });
}

function parsePrimary(reader: TokenReader): Expression {
  const token = reader.peek();
  if (token.kind !== '(') {
    if (startsDirectReports(reader, 0)) {
      throw reader.fail(
        'rule/combination',
        '"Direct Reports for" is a whole rule and cannot be combined with anything',
        token,
        'Make it a rule of its own, without parentheses.',
      );
    }
    return parseComparison(reader, parseBody);
  }
  reader.next();
  return nested(reader, token.start, () => parenthesized(reader, token));
}

/** `( or-expression )`, the opening parenthesis being read already. */
function parenthesized(reader: TokenReader, open: Token): Expression {
  const inner = parseOr(reader);
  const close = reader.peek();
  if (close.kind !== ')') throw unclosed(reader, open, close);
  reader.next();
  return inner.kind === 'and' || inner.kind === 'or'
    ? { ...inner, parenthesized: true, start: open.start, end: close.end }
    : inner;
}

function unclosed(reader: TokenReader, open: Token, found: Token): RuleError {
  if (found.kind === 'end') {
    return reader.fail('rule/parenthesis', 'This parenthesis is never closed', open, 'Add ) where it ends.');
  }
  return found.kind === '(' || (found.kind === 'word' && !found.dashed)
    ? trailing(reader, found)
    : reader.expected('-and, -or or )', found);
}

/** The condition of -any or -all: like parentheses, but its own brackets do not mark an inner and/or. */
function parseBody(reader: TokenReader): Expression {
  const open = reader.next();
  return nested(reader, open.start, () => {
    const inner = parseOr(reader);
    const close = reader.peek();
    if (close.kind !== ')') throw unclosed(reader, open, close);
    reader.next();
    return inner;
  });
}

function nested(reader: TokenReader, start: number, parse: () => Expression): Expression {
  reader.depth++;
  if (reader.depth > maximumDepth) {
    throw reader.fail(
      'rule/too-deep',
      `More than ${String(maximumDepth)} parentheses inside each other`,
      { start, end: start + 1 },
      'Remove the parentheses that are not needed.',
    );
  }
  const expression = parse();
  reader.depth--;
  return expression;
}

function glueWarning(reader: TokenReader, token: Token): void {
  if (token.glued) {
    reader.warn('rule/blank-missing', `Put a blank before ${reader.describe(token)}`, token);
  }
}

function startsDirectReports(reader: TokenReader, ahead: number): boolean {
  return reader.isWord('direct', ahead) && reader.isWord('reports', ahead + 1);
}

function parseDirectReports(reader: TokenReader): Expression {
  const { start } = reader.next();
  reader.next();
  if (!reader.isWord('for')) {
    throw reader.expected(
      '"for"',
      reader.peek(),
      'Direct Reports for "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb", with the manager\'s object id.',
    );
  }
  reader.next();
  const id = reader.next();
  if (id.kind !== 'string') {
    throw reader.expected(
      "the manager's object id in quotes",
      id,
      'Direct Reports for "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb"',
    );
  }
  const after = reader.peek();
  if (after.kind !== 'end') {
    throw reader.fail(
      'rule/combination',
      '"Direct Reports for" is a whole rule and cannot be combined with anything',
      after,
      reader.hintOfDoubledQuotes(after) ?? 'Make the rest a rule of its own.',
    );
  }
  const manager = { kind: 'string', value: id.value, start: id.start, end: id.end } as const;
  return { kind: 'directReports', manager, start, end: id.end };
}
