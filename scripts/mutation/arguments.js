// The command line of scripts/mutation.mjs.
const { parseArgs } = require('node:util');

const usage = `npm run test:mutation -- [--sample N] [--seed S] [--since COMMIT] [FILES ...] [--json]
Changes the product in small ways and shows which changes no unit or contract test notices.
  FILES           files or folders of the product; the core's rooms when neither FILES nor --since is given
  --since COMMIT  only lines that were changed since that commit
  --planted       bugs as people make them, as many of each class: steps in the wrong order, a wrong ETag, an item of a
                  list forgotten, the wrong of two, a read or a look before an exit left out
  --sample N      at most N mutants, by chance, spread over the rooms (100 without FILES and --since, else all)
  --seed S        another seed draws other mutants (1)
  --budget M      stops after M minutes; what was not reached is shown as not judged
  --seconds S     tests of one mutant: the nearest that take S seconds together (60)
  --workers N     runs of jest side by side (half of the processors)
  --json          the result as JSON on stdout: { killed, survived, equivalent, score, rooms, survivors, … }`;

/** Where decisions are made: the rooms of a sample, unless others are named. */
const coreRooms = ['licensing', 'pipeline', 'policy', 'store', 'graph', 'queue', 'ops'].map(
  (room) => `shared/${room}`,
);

/** What was typed cannot be carried out. */
class UsageError extends Error {}

function readNumber(values, name, { least, whole = true }) {
  const text = values[name];
  if (text === undefined) return undefined;
  const number = Number(text);
  if (
    text.trim() === '' ||
    !Number.isFinite(number) ||
    number < least ||
    (whole && !Number.isInteger(number))
  ) {
    throw new UsageError(`--${name} ${text}: not a ${whole ? 'whole ' : ''}number of at least ${least}`);
  }
  return number;
}

/**
 * @param {string[]} args
 * @returns {{ files: string[], since?: string, sample?: number, seed: number, budgetMs?: number, mostMs: number, workers?: number, isPlanted: boolean, isJson: boolean }}
 * files: paths within the project, empty with `since`: then all of the product. sample: undefined means all.
 * @throws UsageError
 */
function readArguments(args) {
  const text = { type: 'string' };
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...{ sample: text, seed: text, since: text, budget: text, seconds: text, workers: text },
        json: { type: 'boolean' },
        planted: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(error.message);
  }
  const { values, positionals } = parsed;
  const isDraw = positionals.length === 0 && values.since === undefined;
  const minutes = readNumber(values, 'budget', { least: 0, whole: false });
  return {
    files: isDraw ? coreRooms : positionals.map((path) => path.replace(/^\.\//, '').replace(/\/$/, '')),
    since: values.since,
    sample: readNumber(values, 'sample', { least: 1 }) ?? (isDraw ? 100 : undefined),
    seed: readNumber(values, 'seed', { least: 0 }) ?? 1,
    budgetMs: minutes === undefined ? undefined : minutes * 60_000,
    mostMs: (readNumber(values, 'seconds', { least: 1 }) ?? 60) * 1000,
    workers: readNumber(values, 'workers', { least: 1 }),
    isPlanted: values.planted === true,
    isJson: values.json === true,
  };
}

module.exports = { UsageError, coreRooms, readArguments, usage };
