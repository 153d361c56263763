import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UserError, ensureError } from '../shared/kernel/errors';
import { runDemo } from './run-demo';

const usage = `npm run demo -- [--users N] [--seed S] [--quota-factor F] [--calm] [--json]
                [--like-flex] [--instances NAME=COUNT,…] [--app FOLDER]

Starts the embedded cloud and the functions on free ports, brings a directory sync of N new users, licenses
them by policy/sample-tenant.yaml, reports and stops.

  --users N          how many users the sync brings (default 200)
  --seed S           which users: the same seed brings the same ones (default 1)
  --quota-factor F   scales Graph's quotas, and the app's idea of them (default 1: 3,000 writes in 150 s)
  --calm             Graph behaves: no 429, no 503, no lag, no duplicate notifications
  --like-flex        each function in processes of its own, as on Flex Consumption (apply=3,decide=2, else one)
  --instances LIST   how many processes these have; without --like-flex all others share one
  --app FOLDER       the app that is tried: an unpacked package (npm run package) instead of this project's build
  --json             one JSON object on stdout, progress on stderr
`;

/** What a machine of two cores carries: 14 processes. */
const flexInstances = 'apply=3,decide=2';

function readNumber(text: string, option: string, lowest: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < lowest) {
    throw new UserError('demo/usage', `${option} takes a number of at least ${lowest}, not "${text}"`);
  }
  return value;
}

function readOptions(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        users: { type: 'string', default: '200' },
        seed: { type: 'string', default: '1' },
        'quota-factor': { type: 'string', default: '1' },
        calm: { type: 'boolean', default: false },
        'like-flex': { type: 'boolean', default: false },
        instances: { type: 'string' },
        app: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return {
      users: Math.floor(readNumber(values.users, '--users', 1)),
      seed: Math.floor(readNumber(values.seed, '--seed', 0)),
      quotaFactor: readNumber(values['quota-factor'], '--quota-factor', 0.01),
      calm: values.calm,
      instances: values.instances ?? (values['like-flex'] ? flexInstances : undefined),
      likeFlex: values['like-flex'],
      appRoot: values.app === undefined ? undefined : resolve(values.app),
      json: values.json,
      help: values.help,
    };
  } catch (thrown) {
    throw new UserError('demo/usage', ensureError(thrown).message);
  }
}

async function main(): Promise<void> {
  let options;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (thrown) {
    process.stderr.write(`demo: ${ensureError(thrown).message}\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  if (options.help) {
    process.stdout.write(usage);
    return;
  }
  try {
    process.exitCode = await runDemo(options);
  } catch (thrown) {
    process.stderr.write(`demo: ${ensureError(thrown).message}\n`);
    process.exitCode = 1;
  }
}

void main();
