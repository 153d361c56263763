// The functions of a source file, numbered: a mutant and the tests that reach it are matched by this number.
const ts = require('typescript');

/** Number of what runs when the module is loaded; functions count from 1. */
const wholeModule = 0;

/** @returns {import('typescript').SourceFile} with parents */
function parse(file, text) {
  const kind = file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, kind);
}

/** All functions, methods and accessors that have a body, each before those inside it. */
function functionsIn(source) {
  const found = [];
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body !== undefined) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Number of the innermost function whose body holds the position. */
function functionAt(functions, position) {
  const inner = functions.findLastIndex(
    ({ body }) => body.getStart() <= position && position < body.getEnd(),
  );
  return inner === -1 ? wholeModule : inner + 1;
}

/**
 * The source with a call at the start of each function that notes its number in `globalThis.mutationReached[file]`.
 * Every line keeps its number, and no statement moves.
 */
function noteFunctions(file, text) {
  const inserts = functionsIn(parse(file, text)).flatMap(({ body }, index) => {
    const call = `noteReached(${index + 1})`;
    return ts.isBlock(body)
      ? [{ at: body.getStart() + 1, what: ` ${call};` }]
      : [
          { at: body.getStart(), what: `(${call}, ` },
          { at: body.getEnd(), what: ')' },
        ];
  });
  let noted = text;
  for (const { at, what } of inserts.sort((a, b) => b.at - a.at)) {
    noted = noted.slice(0, at) + what + noted.slice(at);
  }
  // A declaration is there from the start, also when modules import each other.
  return `${noted}
function noteReached(number) {
  ((globalThis.mutationReached ??= {})[${JSON.stringify(file)}] ??= new Set()).add(number);
}
noteReached(${wholeModule});
`;
}

module.exports = { parse, functionsIn, functionAt, noteFunctions, wholeModule };
