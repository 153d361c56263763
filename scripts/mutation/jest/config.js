// The unit and contract tests as in jest.config.js, with sources that one run may replace (transform.js).
const base = require('../../../jest.config.js');
const { readPlan } = require('./plan.js');

/** Kinds of the tests that are to run: jest looks through the whole tree once for each project that it has. */
const wanted = new Set(
  readPlan().tests.map((test) => (test.includes('test/contract/') ? 'contract' : 'unit')),
);

module.exports = {
  ...base,
  rootDir: base.projects[0].rootDir,
  watchman: false,
  reporters: [require.resolve('./reporter.js')],
  testSequencer: require.resolve('./sequencer.js'),
  projects: base.projects
    .filter(({ displayName }) => wanted.has(displayName))
    .map((project) => ({
      ...project,
      transform: Object.fromEntries(
        Object.entries(project.transform).map(([files, [, options]]) => [
          files,
          [require.resolve('./transform.js'), options],
        ]),
      ),
      setupFilesAfterEnv: [require.resolve('./write-reached.js')],
    })),
};
