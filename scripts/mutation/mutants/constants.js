// Which constants could stand for what a function gives back, by its declared type; without one, by the expression.
const ts = require('typescript');

const K = ts.SyntaxKind;
const comparisons = new Set([
  ...[K.LessThanToken, K.LessThanEqualsToken, K.GreaterThanToken, K.GreaterThanEqualsToken],
  ...[K.EqualsEqualsEqualsToken, K.ExclamationEqualsEqualsToken, K.InKeyword, K.InstanceOfKeyword],
]);

function isBoolean(expression) {
  if (ts.isParenthesizedExpression(expression)) return isBoolean(expression.expression);
  if (ts.isPrefixUnaryExpression(expression)) return expression.operator === K.ExclamationToken;
  return ts.isBinaryExpression(expression) && comparisons.has(expression.operatorToken.kind);
}

/** The type within `Promise<…>` of an async function. */
function resultType(type) {
  const isPromise = ts.isTypeReferenceNode(type) && type.typeName.getText() === 'Promise';
  return (isPromise ? type.typeArguments?.[0] : undefined) ?? type;
}

function constantsOfType(type) {
  if (ts.isUnionTypeNode(type)) {
    const texts = type.types.map((one) => one.getText());
    return texts.filter((text) => text === 'undefined' || text === 'null');
  }
  const isList = ts.isArrayTypeNode(type) || (ts.isTypeOperatorNode(type) && ts.isArrayTypeNode(type.type));
  if (isList) return ['[]'];
  if (ts.isTypePredicateNode(type) && type.type !== undefined) return ['true', 'false'];
  switch (type.kind) {
    case K.BooleanKeyword:
      return ['true', 'false'];
    case K.NumberKeyword:
      return ['0'];
    case K.StringKeyword:
      return ["''"];
    default:
      return [];
  }
}

/**
 * @param node the `return`, or the arrow function whose body is the expression
 * @param given the expression
 * @returns {string[]} each one a mutant
 */
function constantsFor(node, given) {
  const owner = ts.isArrowFunction(node) ? node : ts.findAncestor(node, ts.isFunctionLike);
  if (owner?.type !== undefined) return constantsOfType(resultType(owner.type));
  return isBoolean(given) ? ['true', 'false'] : [];
}

module.exports = { constantsFor };
