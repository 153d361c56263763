// ESLint rule: every exported function has a docstring (its shapes, units and errors are what a caller needs first).
// eslint-plugin-jsdoc asks for tags and types that TypeScript has already; this asks for the sentence alone.
const isFunction = (node) => node?.type === 'ArrowFunctionExpression' || node?.type === 'FunctionExpression';

/** The names of the functions that an export declares. */
function functionsOf({ declaration }) {
  if (declaration?.type === 'FunctionDeclaration' || declaration?.type === 'TSDeclareFunction') {
    return [declaration.id?.name ?? 'default'];
  }
  if (declaration?.type !== 'VariableDeclaration') return [];
  return declaration.declarations
    .filter(({ init }) => isFunction(init))
    .map(({ id }) => (id.type === 'Identifier' ? id.name : 'function'));
}

module.exports = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { missing: '{{name}} is exported and has no docstring (/** … */).' },
  },
  create(context) {
    /** Of an overloaded function the first declaration carries the docstring. */
    const documented = new Set();
    return {
      ExportNamedDeclaration(node) {
        const comments = context.sourceCode.getCommentsBefore(node);
        const hasDocstring = comments.some(({ type, value }) => type === 'Block' && value.startsWith('*'));
        for (const name of functionsOf(node)) {
          if (hasDocstring) documented.add(name);
          if (!documented.has(name)) context.report({ node, messageId: 'missing', data: { name } });
        }
      },
    };
  },
};
