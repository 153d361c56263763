// Parses Bicep with the tree-sitter grammar, because the compiler is not on npm. WebAssembly: plain node only.
import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';

const grammar = createRequire(import.meta.url).resolve('tree-sitter-bicep/tree-sitter-bicep.wasm');

/** A function (path, text) -> { path, text, root, problems }; problems are the syntax errors. */
export async function makeBicepParser() {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  return (path, text) => {
    const root = parser.parse(forGrammar(path, text)).rootNode;
    const problems = root.hasError ? [...syntaxProblems(path, root)] : [];
    return { path, text, root, problems };
  };
}

// The grammar does not know the assignments of parameter files. Same length, so that columns stay right.
const forGrammar = (path, text) =>
  path.endsWith('.bicepparam') ? text.replace(/^param (?=\s*\w+\s*=)/gm, 'var   ') : text;

function* syntaxProblems(path, node) {
  if (node.isMissing) {
    yield problemAt(path, node, `syntax: ${node.type} is missing`);
  } else if (node.isError) {
    const [start] = node.text.trim().split('\n');
    yield problemAt(path, node, `syntax: cannot be read from "${start.slice(0, 40)}"`);
  } else if (node.hasError) {
    for (const child of node.children) yield* syntaxProblems(path, child);
  }
}

/** Lines and columns count from 1, as editors do. */
export function problemAt(path, node, message) {
  return { path, line: node.startPosition.row + 1, column: node.startPosition.column + 1, message };
}

/** Every named node of a type, in the order of the file. */
export const nodesOf = (file, ...types) => file.root.descendantsOfType(types);

/** The content of a string without interpolation; undefined for anything else. */
export function plainText(node) {
  if (node?.type !== 'string' || node.namedChildren.some(({ type }) => type === 'interpolation'))
    return undefined;
  return node.namedChildren
    .filter(({ type }) => type === 'string_content')
    .map(({ text }) => text)
    .join('');
}

/** The name of an object property; undefined when it is computed. */
export function propertyName(property) {
  const [key] = property.namedChildren;
  return key?.type === 'identifier' ? key.text : plainText(key);
}

/** The value under a name in an object node. */
export function propertyValue(object, name) {
  return object?.namedChildren.find(
    (child) => child.type === 'object_property' && propertyName(child) === name,
  )?.namedChildren[1];
}
