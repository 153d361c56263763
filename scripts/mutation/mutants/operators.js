// What a mutant changes. Each operator takes a node and gives the edits it knows for it: { start, end, replacement }.
// An edit leaves valid syntax; whether the types still fit is of no interest, because the tests strip them.
const ts = require('typescript');
const { constantsFor } = require('./constants.js');

const K = ts.SyntaxKind;
const replace = (node, replacement) => ({ start: node.getStart(), end: node.getEnd(), replacement });

const bounds = new Map([
  [K.LessThanToken, '<='],
  [K.LessThanEqualsToken, '<'],
  [K.GreaterThanToken, '>='],
  [K.GreaterThanEqualsToken, '>'],
]);
const equalities = new Map([
  [K.EqualsEqualsEqualsToken, '!=='],
  [K.ExclamationEqualsEqualsToken, '==='],
]);
const logic = new Map([
  [K.AmpersandAmpersandToken, '||'],
  [K.BarBarToken, '&&'],
]);
const opposites = new Map([
  ['min', 'max'],
  ['max', 'min'],
  ['some', 'every'],
  ['every', 'some'],
]);
const dropped = new Set(['filter', 'map', 'sort', 'toSorted', 'reverse', 'toReversed', 'slice']);

function conditionOf(node) {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node)) return node.expression;
  return ts.isConditionalExpression(node) ? node.condition : undefined;
}

/** `if (a)` becomes `if (!(a))`; `if (!a)` becomes `if (a)`. */
function condition(node) {
  const found = conditionOf(node);
  if (found === undefined) return [];
  const isNot = ts.isPrefixUnaryExpression(found) && found.operator === K.ExclamationToken;
  return [replace(found, isNot ? found.operand.getText() : `!(${found.getText()})`)];
}

function swapToken(node, table) {
  const other = ts.isBinaryExpression(node) ? table.get(node.operatorToken.kind) : undefined;
  return other === undefined ? [] : [replace(node.operatorToken, other)];
}

/** An equality that is a whole condition is inverted by `condition` already. */
function equality(node) {
  return ts.isBinaryExpression(node) && conditionOf(node.parent) !== node ? swapToken(node, equalities) : [];
}

/** `Math.min` and `Math.max`, `some` and `every`. */
function opposite(node) {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
  const { name, expression } = node.expression;
  const isMath = expression.getText() === 'Math';
  const other = opposites.get(name.text);
  if (other === undefined || isMath !== ['min', 'max'].includes(name.text)) return [];
  return [replace(name, other)];
}

/** `a ?? b` becomes `a`. */
function fallback(node) {
  const isFallback = ts.isBinaryExpression(node) && node.operatorToken.kind === K.QuestionQuestionToken;
  return isFallback ? [replace(node, node.left.getText())] : [];
}

function effectOf(statement) {
  if (!ts.isExpressionStatement(statement)) return undefined;
  let { expression } = statement;
  while (ts.isAwaitExpression(expression) || ts.isVoidExpression(expression)) ({ expression } = expression);
  return expression;
}

/** A call, an assignment or a `delete` that stands alone is left out. */
function statement(node) {
  const effect = effectOf(node);
  if (effect === undefined) return [];
  const isSuper = ts.isCallExpression(effect) && effect.expression.kind === K.SuperKeyword;
  const isDone =
    ts.isCallExpression(effect) ||
    ts.isDeleteExpression(effect) ||
    ts.isPostfixUnaryExpression(effect) ||
    (ts.isBinaryExpression(effect) && ts.isAssignmentOperator(effect.operatorToken.kind));
  return isDone && !isSuper ? [replace(node, ';')] : [];
}

const isString = (node) => ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node);

/** Two arguments beside each other whose parameters have the same declared type, or that are literals of one kind. */
function swappedArguments(node, { parametersOf }) {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return [];
  const given = node.arguments ?? [];
  if (given.length < 2 || given.some((one) => ts.isSpreadElement(one))) return [];
  const callee = node.expression;
  const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
  const types = parametersOf(name) ?? [];
  return given.slice(1).flatMap((second, index) => {
    const first = given[index];
    const isSame =
      (types[index] !== undefined && types[index] === types[index + 1]) ||
      (isString(first) && isString(second)) ||
      (ts.isNumericLiteral(first) && ts.isNumericLiteral(second));
    if (!isSame || first.getText() === second.getText()) return [];
    const replacement = `${second.getText()}, ${first.getText()}`;
    return [{ start: first.getStart(), end: second.getEnd(), replacement }];
  });
}

/** What a function gives back is a constant of its type. */
function constant(node) {
  const given = ts.isReturnStatement(node)
    ? node.expression
    : ts.isArrowFunction(node) && !ts.isBlock(node.body)
      ? node.body
      : undefined;
  if (given === undefined) return [];
  return constantsFor(node, given)
    .filter((text) => text !== given.getText())
    .map((text) => replace(given, text));
}

function holdsAwait(node) {
  if (ts.isFunctionLike(node)) return false;
  return (
    ts.isAwaitExpression(node) || ts.forEachChild(node, (child) => holdsAwait(child) || undefined) === true
  );
}

const moves = (node) => ts.isExpressionStatement(node) || ts.isIfStatement(node) || ts.isForOfStatement(node);

/** The `await` of a statement is left out, and two steps that are awaited change places. */
function awaitOrder(node) {
  const edits = [];
  if (ts.isExpressionStatement(node) && ts.isAwaitExpression(node.expression)) {
    edits.push(replace(node.expression, `void ${node.expression.expression.getText()}`));
  }
  return [...edits, ...steps(node)];
}

/** Two steps beside each other, of which at least one is awaited, change places. */
function steps(node) {
  const edits = [];
  if (!ts.isBlock(node) && !ts.isSourceFile(node)) return edits;
  for (const [index, second] of node.statements.entries()) {
    const first = node.statements[index - 1];
    if (first === undefined || ![first, second].every(moves)) continue;
    if (![first, second].some(holdsAwait)) continue;
    const replacement = `${second.getText()} ${first.getText()}`;
    edits.push({ start: first.getStart(), end: second.getEnd(), replacement });
  }
  return edits;
}

/** A number within a calculation, a comparison or a call grows by one. Constants and tables stay. */
function offByOne(node) {
  if (!ts.isNumericLiteral(node)) return [];
  const { parent } = node;
  const isUsed =
    ts.isBinaryExpression(parent) ||
    ts.isElementAccessExpression(parent) ||
    ts.isConditionalExpression(parent) ||
    (ts.isCallExpression(parent) && parent.arguments.includes(node));
  return isUsed ? [replace(node, String(Number(node.text) + 1))] : [];
}

/** `a?.b` becomes `a.b`. */
function optional(node) {
  const { questionDotToken: token } = node;
  if (token === undefined) return [];
  return [replace(token, ts.isPropertyAccessExpression(node) ? '.' : '')];
}

/** `list.filter(isOpen)` becomes `list`. */
function callback(node) {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
  const { expression, name } = node.expression;
  if (!dropped.has(name.text)) return [];
  return [{ start: expression.getEnd(), end: node.getEnd(), replacement: '' }];
}

/** By the name that reports show. */
const operators = {
  condition,
  bound: (node) => swapToken(node, bounds),
  equality,
  logic: (node) => swapToken(node, logic),
  opposite,
  fallback,
  statement,
  arguments: swappedArguments,
  constant,
  await: awaitOrder,
  'off by one': offByOne,
  optional,
  callback,
};

module.exports = { holdsAwait, operators, replace, steps, swappedArguments };
