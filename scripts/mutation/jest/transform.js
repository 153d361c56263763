// jest's transform for mutation tests: @swc/jest over a source that the plan may change. The work tree stays as it is.
const { createHash } = require('node:crypto');
const { relative, sep } = require('node:path');
const swc = require('@swc/jest');
const { noteFunctions } = require('../mutants/functions.js');
const { readPlan } = require('./plan.js');
const { isProduct } = require('../related-tests.js');

/**
 * @returns {{ name: string, apply: (text: string) => string }} what the plan does to this file; sources that stay as
 * they are have one name in all runs, so that jest's cache has them
 */
function changeOf(path) {
  const { root, mutant, reachedFolder } = readPlan();
  const file = relative(root, path).split(sep).join('/');
  if (mutant?.file === file) return { name: mutant.text, apply: () => mutant.text };
  if (reachedFolder === undefined || file.startsWith('..') || !isProduct(file)) {
    return { name: '', apply: (text) => text };
  }
  return { name: 'reached', apply: (text) => noteFunctions(file, text) };
}

module.exports = {
  createTransformer: (options) => {
    const inner = swc.createTransformer(options);
    return {
      canInstrument: inner.canInstrument,
      process: (text, path, jestOptions) => inner.process(changeOf(path).apply(text), path, jestOptions),
      getCacheKey: (text, path, jestOptions) =>
        createHash('sha256')
          .update(`${inner.getCacheKey(text, path, jestOptions)}\0${changeOf(path).name}`)
          .digest('hex'),
    };
  },
};
