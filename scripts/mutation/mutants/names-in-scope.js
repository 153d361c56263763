// Names that a function knows, and their types as far as they are declared.
const ts = require('typescript');

/** `Promise<Row>` and `Row` of an awaited call are one type; `readonly` tells two values apart as little as blanks do. */
function typeText(type) {
  const text = type
    ?.getText()
    .replace(/\s+/g, ' ')
    .replace(/\breadonly /g, '');
  return text === undefined ? undefined : (/^Promise<(.*)>$/.exec(text)?.[1] ?? text);
}

function nameOfCallee(expression) {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}

/** Of `const row = await read(id)` the declared result of `read`. */
function typeOfInitializer(initializer, resultOf) {
  let inner = initializer;
  while (inner !== undefined && (ts.isAwaitExpression(inner) || ts.isParenthesizedExpression(inner))) {
    inner = inner.expression;
  }
  return inner !== undefined && ts.isCallExpression(inner)
    ? resultOf(nameOfCallee(inner.expression))
    : undefined;
}

/** Of `({ a, b }: { a: string; b: string })` what `a` is. */
function typeOfElement(element, type) {
  if (type === undefined || !ts.isTypeLiteralNode(type) || element.initializer !== undefined)
    return undefined;
  const name = (element.propertyName ?? element.name).getText();
  return typeText(type.members.find((member) => member.name?.getText() === name)?.type);
}

/** @returns {{ name: string, type: string, at: number }[]} declared in this function, those of inner functions left out */
function declaredIn(owner, resultOf) {
  const found = [];
  const add = (name, type, at) => {
    if (ts.isIdentifier(name) && type !== undefined) found.push({ name: name.text, type, at });
  };
  for (const { name, type } of owner.parameters) {
    add(name, typeText(type), owner.getStart());
    if (!ts.isObjectBindingPattern(name)) continue;
    for (const element of name.elements) add(element.name, typeOfElement(element, type), owner.getStart());
  }
  const visit = (node) => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isVariableDeclaration(node)) {
      // A name within a block is not known after it.
      const block = ts.findAncestor(node, (one) => ts.isBlock(one));
      if (block === owner.body)
        add(node.name, typeText(node.type) ?? typeOfInitializer(node.initializer, resultOf), node.getEnd());
    }
    ts.forEachChild(node, visit);
  };
  if (owner.body !== undefined) ts.forEachChild(owner.body, visit);
  return found;
}

function ownersOf(node) {
  const owners = [];
  for (let one = ts.findAncestor(node, ts.isFunctionLike); one !== undefined;) {
    owners.push(one);
    one = ts.findAncestor(one.parent, ts.isFunctionLike);
  }
  return owners;
}

/** @returns {string | undefined} the declared type of the name that stands here */
function typeOfName(node, { resultOf }) {
  for (const owner of ownersOf(node)) {
    const known = declaredIn(owner, resultOf).find(({ name }) => name === node.text);
    if (known !== undefined) return known.type;
  }
  return undefined;
}

/** @returns {string[]} names of this type that have a value here, those of the innermost function first */
function valuesOfType(node, type, { resultOf }) {
  if (type === undefined) return [];
  const known = ownersOf(node).flatMap((owner) => declaredIn(owner, resultOf));
  return known.filter((one) => one.type === type && one.at <= node.getStart()).map(({ name }) => name);
}

module.exports = { typeOfName, typeText, valuesOfType };
