// What one run of jest is to do. It comes as a file, whose path is in the environment, because jest's workers need it too.
const { readFileSync } = require('node:fs');

/** Name of the variable of the environment. */
const planVariable = 'LICENSER_MUTATION_PLAN';

let plan;

/**
 * @returns {{ root: string, tests: string[], resultsFile: string, mutant?: { file: string, text: string }, reachedFolder?: string }}
 * tests: in the order in which they run. resultsFile: of the reporter. mutant: the text that stands for that file.
 * reachedFolder: where each test leaves the functions that it has reached. Paths of sources and tests are those within
 * the project.
 */
function readPlan() {
  plan ??= JSON.parse(readFileSync(process.env[planVariable], 'utf8'));
  return plan;
}

module.exports = { planVariable, readPlan };
