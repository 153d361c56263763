import { malformedRequest, unsupportedQuery } from '../engine/graph-fault';
import type { Comparison, Filter, Literal, Path } from './filter';
import { syntaxError, tokenize } from './tokenize';
import type { Token } from './tokenize';

const comparisons: readonly string[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'];
const calls: readonly string[] = ['startswith', 'endswith'];
/** Nesting beyond this is refused, so that no request can exhaust the stack. */
const deepest = 50;
const mostClauses = 1_000;

/**
 * The part of OData's grammar that Graph's directory takes (OData 4.01 URL conventions, section 5.1.1):
 *
 *   filter     = or
 *   or         = and *( "or" and )
 *   and        = not *( "and" not )
 *   not        = "not" not / primary
 *   primary    = "(" or ")" / call / path after
 *   call       = ( "startswith" / "endswith" ) "(" path "," literal ")"     ; the name in either case
 *   path       = name *( "/" name )                                         ; "$count" as its last name counts
 *   after      = "in" "(" literal *( "," literal ) ")"
 *              / ( "eq" / "ne" / "gt" / "ge" / "lt" / "le" ) literal
 *              / "/" "any" "(" [ name ":" or ] ")"
 *              / "/" "all" "(" name ":" or ")"
 *   literal    = string / number / guid / dateTime / "true" / "false" / "null"
 *
 * Operators, "any" and "all" are in lower case. Tokens are those of tokenize.ts. Which properties and operators may be
 * used together is checked afterwards, in check-filter.ts.
 *
 * Parses a $filter. https://learn.microsoft.com/graph/filter-query-parameter
 * @throws GraphFault 400
 */
export function parseFilter(text: string): Filter {
  return new FilterParser(text).parse();
}

class FilterParser {
  private readonly tokens: Token[];
  private next = 0;
  private depth = 0;
  private clauses = 0;

  constructor(private readonly text: string) {
    this.tokens = tokenize(text);
  }

  parse(): Filter {
    const filter = this.parseOr();
    if (this.peek().kind !== 'end') throw this.fail();
    return filter;
  }

  private parseOr(): Filter {
    this.depth += 1;
    if (this.depth > deepest) throw malformedRequest('Invalid filter clause: the nesting is too deep.');
    let left = this.parseAnd();
    while (this.takeWord('or')) left = { type: 'or', left, right: this.parseAnd() };
    this.depth -= 1;
    return left;
  }

  private parseAnd(): Filter {
    let left = this.parseNot();
    while (this.takeWord('and')) left = { type: 'and', left, right: this.parseNot() };
    return left;
  }

  private parseNot(): Filter {
    if (!this.takeWord('not')) return this.parsePrimary();
    this.depth += 1;
    if (this.depth > deepest) throw malformedRequest('Invalid filter clause: the nesting is too deep.');
    const inner = this.parseNot();
    this.depth -= 1;
    return { type: 'not', inner };
  }

  private parsePrimary(): Filter {
    // A chain of `or` is a tree as deep as it is long.
    this.clauses += 1;
    if (this.clauses > mostClauses)
      throw malformedRequest('Invalid filter clause: there are too many clauses.');
    if (this.take('(')) {
      const inner = this.parseOr();
      this.expect(')');
      return inner;
    }
    const name = this.expect('name').text;
    if (this.peek().kind === '(') return this.parseCall(name);
    return this.parseAfterPath(name);
  }

  private parseCall(name: string): Filter {
    const called = name.toLowerCase();
    if (!calls.includes(called)) {
      if (called === 'contains') throw unsupportedQuery('Unsupported Query: the function contains.');
      throw malformedRequest(
        `Invalid filter clause: An unknown function with name '${name}' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed.`,
      );
    }
    this.expect('(');
    const path = this.parsePath(this.expect('name').text);
    this.expect(',');
    const literal = this.parseLiteral();
    this.expect(')');
    return { type: 'call', name: called as 'startswith' | 'endswith', path, literal };
  }

  private parseAfterPath(first: string): Filter {
    const segments = [first];
    while (this.take('/')) {
      const segment = this.expect('name').text;
      if (segment === 'any' || segment === 'all') return this.parseLambda(segment, segments);
      segments.push(segment);
    }
    const path = toPath(segments);
    if (this.takeWord('in')) return { type: 'in', path, literals: this.parseList() };
    const token = this.expect('name');
    if (!comparisons.includes(token.text)) throw syntaxError(this.text, token.at);
    return { type: 'compare', path, operator: token.text as Comparison, literal: this.parseLiteral() };
  }

  private parseLambda(type: 'any' | 'all', segments: readonly string[]): Filter {
    const path = toPath(segments);
    this.expect('(');
    if (this.take(')')) {
      if (type === 'any') return { type, path };
      throw this.fail();
    }
    const variable = this.expect('name').text;
    this.expect(':');
    const inner = this.parseOr();
    this.expect(')');
    return { type, path, variable, inner };
  }

  private parsePath(first: string): Path {
    const segments = [first];
    while (this.take('/')) segments.push(this.expect('name').text);
    return toPath(segments);
  }

  private parseList(): Literal[] {
    this.expect('(');
    const literals = [this.parseLiteral()];
    while (this.take(',')) literals.push(this.parseLiteral());
    this.expect(')');
    return literals;
  }

  private parseLiteral(): Literal {
    const token = this.peek();
    this.next += 1;
    switch (token.kind) {
      case 'string':
        return { kind: 'string', value: token.text.slice(1, -1).replaceAll("''", "'") };
      case 'number':
        return { kind: 'number', value: Number(token.text) };
      case 'guid':
        return { kind: 'guid', value: token.text.toLowerCase() };
      case 'dateTime':
        if (Number.isNaN(Date.parse(token.text))) throw syntaxError(this.text, token.at);
        return { kind: 'dateTime', value: token.text };
      case 'name':
        if (token.text === 'true' || token.text === 'false') {
          return { kind: 'boolean', value: token.text === 'true' };
        }
        if (token.text === 'null') return { kind: 'null', value: null };
        throw syntaxError(this.text, token.at);
      default:
        throw syntaxError(this.text, token.at);
    }
  }

  private peek(): Token {
    return this.tokens[this.next] ?? { kind: 'end', text: '', at: this.text.length };
  }

  private take(kind: Token['kind']): boolean {
    if (this.peek().kind !== kind) return false;
    this.next += 1;
    return true;
  }

  private takeWord(word: string): boolean {
    const token = this.peek();
    if (token.kind !== 'name' || token.text !== word) return false;
    this.next += 1;
    return true;
  }

  private expect(kind: Token['kind']): Token {
    const token = this.peek();
    if (token.kind !== kind) throw this.fail();
    this.next += 1;
    return token;
  }

  private fail(): Error {
    return syntaxError(this.text, this.peek().at);
  }
}

function toPath(segments: readonly string[]): Path {
  const isCount = segments.length > 1 && segments.at(-1) === '$count';
  return { segments: isCount ? segments.slice(0, -1) : segments, isCount };
}
