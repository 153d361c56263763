// Bugs as people make them, by the class of the mistake. Each operator is used as those of operators.js are; they are tried
// apart from them (`--planted`), so that a draw has as many of each class.
const ts = require('typescript');
const { holdsAwait, replace, steps, swappedArguments } = require('./operators.js');
const { typeOfName, valuesOfType } = require('./names-in-scope.js');

const K = ts.SyntaxKind;
const isCall = (node) => ts.isCallExpression(node) || ts.isNewExpression(node);

/** Two steps of which at least one is awaited change places. */
function order(node) {
  return steps(node);
}

/** `row.etag` that is handed on becomes `*`, which every version of the row matches. A row that is not there yet stays so. */
function etag(node) {
  const isNamed =
    (ts.isPropertyAccessExpression(node) && node.name.text === 'etag') ||
    (ts.isIdentifier(node) && node.text === 'etag');
  if (!isNamed) return [];
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) {
    return isAssigned(parent.parent) ? [] : [replace(parent, `etag: (etag && '*')`)];
  }
  const whole =
    ts.isBinaryExpression(parent) && parent.operatorToken.kind === K.QuestionQuestionToken ? parent : node;
  const isGiven = isCall(whole.parent) && whole.parent.arguments?.includes(whole) === true;
  const isValue = ts.isPropertyAssignment(whole.parent) && whole.parent.initializer === whole;
  return isGiven || isValue ? [replace(node, `(${node.getText()} && '*')`)] : [];
}

const isAssigned = (node) =>
  ts.isBinaryExpression(node.parent) &&
  node.parent.left === node &&
  ts.isAssignmentOperator(node.parent.operatorToken.kind);

const ofLists = new Set(['map', 'flatMap', 'filter', 'some', 'every', 'find', 'reduce', 'forEach']);
const isInFunction = (node) => ts.findAncestor(node, ts.isFunctionLike) !== undefined;

/** One item of a list is forgotten: the first of one that is walked or spread, the last of one that is written down. */
function item(node) {
  if (!isInFunction(node)) return [];
  if (ts.isForOfStatement(node) && node.awaitModifier === undefined) {
    return [replace(node.expression, `[...${inParentheses(node.expression)}].slice(1)`)];
  }
  if (ts.isSpreadElement(node) && ts.isArrayLiteralExpression(node.parent)) {
    return [replace(node.expression, `[...${inParentheses(node.expression)}].slice(1)`)];
  }
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const { expression, name, questionDotToken } = node.expression;
    const isOfList = ofLists.has(name.text) && questionDotToken === undefined && node.arguments.length > 0;
    return isOfList
      ? [{ start: expression.getEnd(), end: expression.getEnd(), replacement: '.slice(1)' }]
      : [];
  }
  if (!ts.isArrayLiteralExpression(node) || node.elements.length < 2) return [];
  const last = node.elements.at(-1);
  if (ts.isSpreadElement(last) || isAssigned(node)) return [];
  return [{ start: node.elements.at(-2).getEnd(), end: last.getEnd(), replacement: '' }];
}

const inParentheses = (node) => (ts.isIdentifier(node) ? node.getText() : `(${node.getText()})`);

/** The other of two values of one type: two arguments change places, or a name stands where the other one belongs. */
function wrong(node, context) {
  if (isCall(node)) return swappedArguments(node, context);
  if (!ts.isIdentifier(node) || !isUsed(node)) return [];
  const others = valuesOfType(node, typeOfName(node, context), context).filter((name) => name !== node.text);
  return others.slice(0, 1).map((name) => replaceName(node, name));
}

function isUsed(node) {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) return !isAssigned(parent.parent);
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (isCall(parent)) return parent.arguments?.includes(node) === true;
  return ts.isBinaryExpression(parent) && !isAssigned(node);
}

function replaceName(node, name) {
  const isShort = ts.isShorthandPropertyAssignment(node.parent);
  return replace(node, isShort ? `${node.text}: ${name}` : name);
}

/** What was read before is used again: a read, or a look before an exit, is left out. */
function reread(node, context) {
  if (isGuard(node)) return [replace(node, ';')];
  if (ts.isExpressionStatement(node)) return isRenewed(node.expression) ? [replace(node, ';')] : [];
  if (!ts.isAwaitExpression(node)) return [];
  const call = node.expression;
  if (!ts.isCallExpression(call)) return [];
  const { parent } = node;
  if (ts.isConditionalExpression(parent) && parent.condition !== node) {
    const other = parent.whenTrue === node ? parent.whenFalse : parent.whenTrue;
    return [replace(parent, `(${other.getText()})`)];
  }
  const name = ts.isPropertyAccessExpression(call.expression) ? call.expression.name : call.expression;
  const earlier = valuesOfType(node, context.resultOf(name.getText()), context);
  return earlier.slice(0, 1).map((one) => replace(node, one));
}

/** `if (await hasGone()) return;` */
function isGuard(node) {
  if (!ts.isIfStatement(node) || node.elseStatement !== undefined || !holdsAwait(node.expression))
    return false;
  const { thenStatement: then } = node;
  const last = ts.isBlock(then) ? then.statements.at(-1) : then;
  return (
    last !== undefined &&
    [K.ReturnStatement, K.ContinueStatement, K.ThrowStatement, K.BreakStatement].includes(last.kind)
  );
}

/** `known = await read()`, where `known` had a value before. */
function isRenewed(expression) {
  const inner = ts.isParenthesizedExpression(expression) ? expression.expression : expression;
  if (!ts.isBinaryExpression(inner) || inner.operatorToken.kind !== K.EqualsToken) return false;
  if (!ts.isAwaitExpression(inner.right)) return false;
  if (!ts.isIdentifier(inner.left)) return ts.isPropertyAccessExpression(inner.left);
  const owner = ts.findAncestor(expression, ts.isFunctionLike);
  let hasValue = false;
  const visit = (node) => {
    const isIt =
      (ts.isVariableDeclaration(node) || ts.isParameter(node)) && node.name.getText() === inner.left.text;
    if (isIt) hasValue ||= ts.isParameter(node) || node.initializer !== undefined;
    ts.forEachChild(node, visit);
  };
  if (owner !== undefined) visit(owner);
  return hasValue;
}

/** By the name that reports show. */
const planted = { order, etag, item, wrong, reread };

module.exports = { planted };
