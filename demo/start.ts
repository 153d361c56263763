import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UserError, ensureError } from '../shared/kernel/errors';
import { runStart } from './run-start';

const usage = `npm start -- [--tenant FILE] [--policy FILE] [--keep] [--users N] [--quota-factor F] [--calm] [--blobs]

Starts the embedded cloud and the functions with the sample tenant, licenses a first directory sync before your
eyes, and stays up until Ctrl-C.

  --tenant FILE      a tenant file instead of the sample, such as one of licenser tenant export; .gz is read, too.
                     All of its users are compared with the policy, as on the first day in Azure
  --policy FILE      the policy to begin with (default: policy/sample-tenant.yaml; with --tenant
                     policy/starter.yaml, which only observes)
  --keep             keeps tenant, queues and tables in .licenser/kept, and goes on with what is kept there
  --users N          how many users the first sync brings (default 40, or 0 with --tenant or a kept state)
  --quota-factor F   scales Graph's quotas, and the app's idea of them (default 1)
  --calm             Graph behaves: no 429, no 503, no lag, no duplicate notifications
  --blobs            also serves blobs, where Microsoft's functions host (func start) keeps its timer locks
`;

async function main(): Promise<void> {
  let options;
  try {
    const { values } = parseArgs({
      options: {
        tenant: { type: 'string' },
        policy: { type: 'string' },
        keep: { type: 'boolean', default: false },
        users: { type: 'string' },
        'quota-factor': { type: 'string', default: '1' },
        calm: { type: 'boolean', default: false },
        blobs: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const users = values.users === undefined ? undefined : Number(values.users);
    const quotaFactor = Number(values['quota-factor']);
    if (users !== undefined && !(Number.isInteger(users) && users >= 0))
      throw new Error('--users takes a whole number');
    if (!(quotaFactor >= 0.01)) throw new Error('--quota-factor takes a number of at least 0.01');
    const { tenant, policy, keep, calm, blobs } = values;
    options = { users, quotaFactor, keep, calm, blobs, tenant: pathOf(tenant), policy: pathOf(policy) };
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
    const hint = thrown instanceof UserError && thrown.hint !== undefined ? `  ${thrown.hint}\n` : '';
    process.stderr.write(`start: ${ensureError(thrown).message}\n${hint}`);
    process.exitCode = thrown instanceof UserError ? 2 : 1;
  }
}

function pathOf(file: string | undefined): string | undefined {
  return file === undefined ? undefined : resolve(file);
}

void main();
