// What the rules of infra/ need to know of the product's sources, from their syntax trees.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** The syntax tree of one source file; `path` is relative to `root`. */
export function parseTypeScript(root, path) {
  return ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
}

function* nodesIn(node) {
  yield node;
  for (const child of node.getChildren()) yield* nodesIn(child);
}

function initializerOf(file, name) {
  for (const node of nodesIn(file)) {
    if (ts.isVariableDeclaration(node) && node.name.getText() === name && node.initializer) {
      return node.initializer;
    }
  }
  throw new Error(`${file.fileName}: "const ${name} = ..." is not found`);
}

/** The keys of a constant that is `z.object({ ... })`, each with its place. */
export function keysOf(file, constant) {
  const schema = initializerOf(file, constant);
  const [shape] = ts.isCallExpression(schema) ? schema.arguments : [];
  if (!shape || !ts.isObjectLiteralExpression(shape)) {
    throw new Error(`${file.fileName}: "const ${constant} = z.object({ ... })" is not found`);
  }
  return shape.properties.map(({ name }) => ({ name: name.text, ...placeOf(file, name) }));
}

/** Each `environment['NAME']`, with its place. */
export function environmentReads(file) {
  return [...nodesIn(file)]
    .filter((node) => ts.isElementAccessExpression(node) && node.expression.getText() === 'environment')
    .map((node) => node.argumentExpression)
    .filter((name) => ts.isStringLiteral(name))
    .map((name) => ({ name: name.text, ...placeOf(file, name) }));
}

/** Line and column of a node, counted from 1; of a string, of its first character. */
function placeOf(file, node) {
  const { line, character } = file.getLineAndCharacterOfPosition(node.getStart());
  return {
    path: file.fileName,
    line: line + 1,
    column: character + 1 + (ts.isStringLiteral(node) ? 1 : 0),
  };
}

/** Every `name: '...'` within the object of a constant. */
export function namesIn(file, constant) {
  return [...nodesIn(initializerOf(file, constant))]
    .filter((node) => ts.isPropertyAssignment(node) && node.name.getText() === 'name')
    .map(({ initializer }) => initializer.text);
}

/** The string of a constant. */
export function stringOf(file, constant) {
  return initializerOf(file, constant).text;
}

/** The names of the functions that the files of `functions/` register: `app.KIND('NAME', ...)`. */
export function registeredFunctions(root) {
  return readdirSync(join(root, 'functions'))
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...nodesIn(parseTypeScript(root, join('functions', name)))])
    .filter(
      (node) =>
        ts.isCallExpression(node) &&
        ts.isPropertyAccessExpression(node.expression) &&
        node.expression.expression.getText() === 'app' &&
        node.arguments[0] !== undefined &&
        ts.isStringLiteral(node.arguments[0]),
    )
    .map((node) => node.arguments[0].text);
}
