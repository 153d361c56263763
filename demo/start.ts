import { parseArgs } from 'node:util';
import { ensureError } from '../shared/kernel/errors';
import { runStart } from './run-start';

const usage = `npm start -- [--users N] [--quota-factor F] [--calm] [--blobs]

Starts the embedded cloud and the functions with the sample tenant, licenses a first directory sync before your
eyes, and stays up until Ctrl-C.

  --users N          how many users the first sync brings (default 40; 0: none)
  --quota-factor F   scales Graph's quotas, and the app's idea of them (default 1)
  --calm             Graph behaves: no 429, no 503, no lag, no duplicate notifications
  --blobs            also serves blobs, where Microsoft's functions host (func start) keeps its timer locks
`;

async function main(): Promise<void> {
  let options;
  try {
    const { values } = parseArgs({
      options: {
        users: { type: 'string', default: '40' },
        'quota-factor': { type: 'string', default: '1' },
        calm: { type: 'boolean', default: false },
        blobs: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const users = Number(values.users);
    const quotaFactor = Number(values['quota-factor']);
    if (!Number.isInteger(users) || users < 0) throw new Error('--users takes a whole number');
    if (!(quotaFactor >= 0.01)) throw new Error('--quota-factor takes a number of at least 0.01');
    options = { users, quotaFactor, calm: values.calm, blobs: values.blobs };
    if (values.help) {
      process.stdout.write(usage);
      return;
    }
  } catch (thrown) {
    process.stderr.write(`start: ${ensureError(thrown).message}\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  try {
    process.exitCode = await runStart(options);
  } catch (thrown) {
    process.stderr.write(`start: ${ensureError(thrown).message}\n`);
    process.exitCode = 1;
  }
}

void main();
