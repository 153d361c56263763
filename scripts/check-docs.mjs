// Finds exported functions without a docstring: node scripts/check-docs.mjs [PATH …]. Exit code 1 when there are any.
// Without a path: shared and packages/*/src.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function sourcesAt(path) {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist') return [];
    const inner = join(path, entry.name);
    if (entry.isDirectory()) return sourcesAt(inner);
    return /(?<!\.d)\.ts$/.test(entry.name) ? [inner] : [];
  });
}

const isExported = (node) =>
  (ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : []).some(
    ({ kind }) => kind === ts.SyntaxKind.ExportKeyword,
  );
const isFunction = (node) =>
  node !== undefined && (ts.isArrowFunction(node) || ts.isFunctionExpression(node));
const isDocumented = (node) => ts.getJSDocCommentsAndTags(node).some((comment) => ts.isJSDoc(comment));

/** The exported functions of one file: name, line, whether they have a docstring. Overloads count as one. */
function exportedFunctions(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found = new Map();
  const note = (name, node) => {
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    const known = found.get(name);
    found.set(name, { line: known?.line ?? line, ok: known?.ok === true || isDocumented(node) });
  };
  for (const statement of source.statements) {
    if (!isExported(statement)) continue;
    if (ts.isFunctionDeclaration(statement)) note(statement.name?.text ?? 'default', statement);
    if (ts.isVariableStatement(statement)) {
      for (const { name, initializer } of statement.declarationList.declarations) {
        if (isFunction(initializer)) note(name.getText(), statement);
      }
    }
  }
  return [...found].map(([name, { line, ok }]) => ({ name, line, ok }));
}

const given = process.argv.slice(2);
const paths =
  given.length > 0
    ? given
    : [
        join(root, 'shared'),
        ...readdirSync(join(root, 'packages'))
          .map((name) => join(root, 'packages', name, 'src'))
          .filter((path) => existsSync(path)),
      ];
const missing = paths.flatMap(sourcesAt).flatMap((file) =>
  exportedFunctions(file)
    .filter(({ ok }) => !ok)
    .map(({ name, line }) => `${relative(process.cwd(), file)}:${line}: ${name} has no docstring`),
);
for (const line of missing) console.log(line);
process.exitCode = missing.length > 0 ? 1 : 0;
