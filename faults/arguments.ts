import { parseArgs } from 'node:util';

export const usage = `npm run faults -- [--runs N] [--seed S] [--no-shrink] [--json] [--story]

Runs the product through days in which everything goes wrong, in virtual time, and judges each day by what the tenant's
write log says. A run that fails prints its seed and the shortest script that still fails.

  --runs N    how many days (default 100)
  --seed S    the first one; the others follow (default 1)
  --no-shrink days that fail are told by their seeds alone
  --json      one JSON object on stdout, progress on stderr
  --story     of one run alone (--runs 1): everything that happened, line by line
`;

export type CampaignOptions = {
  readonly runs: number;
  readonly seed: number;
  /** Looks for the shortest script that still fails. */
  readonly isShrinking: boolean;
  readonly json: boolean;
  readonly story: boolean;
  readonly help: boolean;
};

/** @throws Error that says what is wrong with the arguments */
export function readArguments(args: readonly string[]): CampaignOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string' },
      seed: { type: 'string', default: '1' },
      'no-shrink': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      story: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { json, story, help } = values;
  const runs = readNumber(values.runs ?? (story ? '1' : '100'), '--runs', 1);
  if (story && runs > 1) throw new Error('--story is for one run: --runs 1');
  const seed = readNumber(values.seed, '--seed', 0);
  return { runs, seed, isShrinking: !values['no-shrink'], json, story, help };
}

function readNumber(text: string, option: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
    throw new Error(`${option} takes a whole number of at least ${String(least)}, not "${text}"`);
  }
  return value;
}
