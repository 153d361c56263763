import type { Expression, Literal, Reference } from './syntax';

/** A rule as text that parses to the same tree: hyphens, double quotes where they can be, single blanks. */
export function printRule(expression: Expression): string {
  switch (expression.kind) {
    case 'directReports':
      return `Direct Reports for ${printLiteral(expression.manager)}`;
    case 'not':
      return `-not ${printOperand(expression.operand, 'not')}`;
    case 'and':
    case 'or': {
      const text = expression.operands
        .map((operand) => printOperand(operand, expression.kind))
        .join(` -${expression.kind} `);
      return expression.parenthesized ? `(${text})` : text;
    }
    case 'comparison':
      return `${printReference(expression.reference)} -${expression.operator} ${printLiteral(expression.value)}`;
    case 'quantified':
      return `${printReference(expression.reference)} -${expression.quantifier} (${printRule(expression.body)})`;
  }
}

/** An operand of and, or, not; in parentheses where it binds less tightly than what is around it. */
function printOperand(operand: Expression, around: 'and' | 'or' | 'not'): string {
  const text = printRule(operand);
  if ((operand.kind !== 'and' && operand.kind !== 'or') || operand.parenthesized) return text;
  return around === 'or' && operand.kind === 'and' ? text : `(${text})`;
}

function printReference(reference: Reference): string {
  return reference.name === '' ? reference.object : `${reference.object}.${reference.name}`;
}

function printLiteral(literal: Literal): string {
  switch (literal.kind) {
    case 'string':
      return printString(literal.value);
    case 'boolean':
      return String(literal.value);
    case 'null':
      return 'null';
    case 'number':
    case 'date':
      return literal.text;
    case 'now':
      return literal.offset === null
        ? 'system.now'
        : `(system.now -${literal.offset.sign} ${literal.offset.duration})`;
    case 'list':
      return `[${literal.items.map(printLiteral).join(', ')}]`;
  }
}

/** Single quotes where a double-quoted text would need an escape, or would take its last character for one. */
function printString(value: string): string {
  return /"|[\\`]$/.test(value) ? `'${value.replaceAll("'", "''")}'` : `"${value}"`;
}
