// The unit and contract tests as in jest.config.js, with sources that one run may replace (transform.js).
const base = require('../../../jest.config.js');

const judging = ['unit', 'contract'];

module.exports = {
  ...base,
  rootDir: base.projects[0].rootDir,
  reporters: [require.resolve('./reporter.js')],
  testSequencer: require.resolve('./sequencer.js'),
  projects: base.projects
    .filter(({ displayName }) => judging.includes(displayName))
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
