import { Option } from 'commander';
import { UserError } from '../../shared/kernel/errors';
import { applyUsers } from '../../shared/ops-api/routes/users';
import type { Queued } from '../../shared/ops/users/queue-for-deciding';
import { addExample } from '../options/add-example';
import { printJson } from '../io';
import type { Io } from '../io';
import type { DefineCommand } from '../program';
import { readUsersCsv } from '../read/read-csv';
import { jsonOption } from '../options/rule-options';
import { addOperatorOptions, optionalWhy } from '../options/operator-options';
import type { OperatorOptions } from '../options/operator-options';
import { withOps } from '../target/ops-target';
import { addTargetOptions } from '../target/target';

type Options = OperatorOptions & {
  readonly json?: true;
  readonly user?: readonly string[];
  readonly group?: string;
  readonly file?: string;
};

/** licenser apply --user U | --group G | --file CSV */
export const define: DefineCommand = (command, { io, exit }) => {
  command
    .addOption(new Option('--user <user...>', 'ids or userPrincipalNames'))
    .addOption(new Option('--group <group>', 'name or id of a group; members of groups inside it too'))
    .addOption(new Option('--file <csv>', 'a CSV file with a column id or userPrincipalName'));
  addOperatorOptions(command, { why: 'optional' });
  addExample(
    addTargetOptions(command).addOption(jsonOption()),
    'apply --user ann.bakker@contoso.com',
    'apply --group SG-Sales',
    'apply --file joiners.csv --why "new starters"',
  );
  command.action(async (options: Options) => {
    const selection = await readSelection(io, options);
    const queued = await withOps(options, io, (ops) =>
      ops.call(applyUsers, { ...selection, ...optionalWhy(options) }),
    );
    if (options.json) printJson(io, queued);
    else renderQueued(io, queued);
    if (queued.unknown.length > 0 || queued.queued === 0) exit(1);
  });
};

async function readSelection(
  io: Io,
  { user, group, file }: Options,
): Promise<{ users: string[] } | { group: string }> {
  if ([user, group, file].filter((each) => each !== undefined).length !== 1) {
    throw new UserError('cli/usage', 'Give --user USER, --group GROUP or --file CSV, one of the three');
  }
  if (group !== undefined) return { group };
  return { users: [...(user ?? (await readUsersCsv(io, file ?? '')))] };
}

function renderQueued(io: Io, { queued, unknown, crowd, users }: Queued): void {
  for (const name of unknown.slice(0, 20)) io.complain(`not queued: the tenant has no user ${name}\n`);
  if (unknown.length > 20) io.complain(`not queued: ${String(unknown.length - 20)} more\n`);
  if (queued === 0) {
    io.print('No user was queued.\n');
    return;
  }
  const [only] = users;
  if (queued === 1) {
    io.print(`Queued 1 user. What comes of it:\n  licenser user show ${only ?? ''}\n`);
    return;
  }
  const manner = crowd ? '; their writes give way to joiners' : '';
  io.print(`Queued ${String(queued)} users${manner}. How it goes:\n  licenser queue status\n`);
}
