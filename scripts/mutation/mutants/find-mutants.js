// All mutants of a source file.
const { createHash } = require('node:crypto');
const ts = require('typescript');
const { functionAt, functionsIn, parse } = require('./functions.js');
const { typeText } = require('./names-in-scope.js');
const { operators } = require('./operators.js');

const inOneLine = (text) => text.trim().replace(/\s+/g, ' ');

/** What stands in the lines of the edit, before and after it: how people and the list of equivalents name a mutant. */
function linesOf(text, { start, end, replacement }) {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const next = text.indexOf('\n', end);
  const to = next === -1 ? text.length : next;
  return {
    was: inOneLine(text.slice(from, to)),
    becomes: inOneLine(text.slice(from, start) + replacement + text.slice(end, to)),
  };
}

const holdsNoCode = (node) =>
  ts.isTypeNode(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isImportDeclaration(node);

/**
 * Declared types of the parameters of each function and method, by its name; a name that stands for functions with
 * different parameters has none. They tell which two arguments could be mistaken for each other.
 * @param {Map<string, import('typescript').SourceFile>} sources
 * @returns {(name: string) => (string | undefined)[] | undefined}
 */
function readParameters(sources) {
  const known = new Map();
  for (const source of sources.values()) {
    for (const one of functionsIn(source)) {
      const name =
        one.name?.getText() ?? (ts.isVariableDeclaration(one.parent) ? one.parent.name.getText() : '');
      const types = one.parameters.map(({ type }) => type?.getText());
      const before = known.get(name);
      const isOther = before !== undefined && JSON.stringify(before) !== JSON.stringify(types);
      if (name !== '') known.set(name, isOther ? [] : types);
    }
  }
  return (name) => known.get(name);
}

/**
 * Declared results of functions and methods by name, without `Promise`; a name with different results has none.
 * @param {Map<string, import('typescript').SourceFile>} sources
 * @returns {(name: string) => string | undefined}
 */
function readResults(sources) {
  const known = new Map();
  for (const source of sources.values()) {
    for (const one of functionsIn(source)) {
      const name = one.name?.getText() ?? '';
      const type = typeText(one.type);
      known.set(name, known.has(name) && known.get(name) !== type ? undefined : type);
    }
  }
  return (name) => known.get(name);
}

/**
 * @param {string} file its path within the project
 * @param {import('typescript').SourceFile} source
 * @param {(name: string) => (string | undefined)[] | undefined} parametersOf of `readParameters`
 * @param {{ table?: object, resultOf?: (name: string) => string | undefined }} options table: the operators; resultOf: of
 * `readResults`
 * @returns mutants in the order of the file: { id, file, line, lastLine, operator, was, becomes, inFunction, start, end, replacement }.
 * `id` stays the same while other lines change.
 */
function findMutants(
  file,
  source,
  parametersOf = () => undefined,
  { table = operators, resultOf = () => undefined } = {},
) {
  const { text } = source;
  const functions = functionsIn(source);
  const mutants = [];
  const times = new Map();
  const add = (operator, edit) => {
    const lines = linesOf(text, edit);
    const name = JSON.stringify([file, operator, lines.was, lines.becomes]);
    const nth = (times.get(name) ?? 0) + 1;
    times.set(name, nth);
    mutants.push({
      id: createHash('sha256').update(`${name} ${nth}`).digest('hex').slice(0, 16),
      file,
      line: source.getLineAndCharacterOfPosition(edit.start).line + 1,
      lastLine: source.getLineAndCharacterOfPosition(edit.end).line + 1,
      operator,
      ...lines,
      inFunction: functionAt(functions, edit.start),
      ...edit,
    });
  };
  const visit = (node) => {
    if (holdsNoCode(node)) return;
    for (const [operator, edits] of Object.entries(table)) {
      for (const edit of edits(node, { parametersOf, resultOf })) add(operator, edit);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return mutants.sort((a, b) => a.start - b.start || a.end - b.end);
}

/** The text of the file with the mutant in it. */
function applyMutant(text, { start, end, replacement }) {
  return text.slice(0, start) + replacement + text.slice(end);
}

/** Whether the mutated text still is TypeScript. */
function isWellFormed(file, text) {
  return parse(file, text).parseDiagnostics.length === 0;
}

module.exports = { applyMutant, findMutants, isWellFormed, readParameters, readResults };
