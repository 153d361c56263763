import { Option } from 'commander';
import { makeControlApi } from '../../local/demo/control-api';
import { describeWrite } from '../../local/demo/describe-write';
import { followSync } from '../../local/demo/follow-sync';
import { makeOutcomeReader } from '../../local/demo/outcomes';
import { quotaDeadlineMs } from '../../local/demo/quota-deadline';
import { readSkuNames } from '../../local/demo/sku-names';
import type { LocalCloud } from '../../local/cloud-file';
import { addExample } from '../add-example';
import { printJson } from '../io';
import type { Io } from '../io';
import { wholeNumber } from '../number-option';
import type { DefineCommand } from '../program';
import { paintWord } from '../render/paint';
import { jsonOption } from '../rule-options';
import { cloudFileOption, withLocalCloud } from '../target';
import type { TargetOptions } from '../target';

type Options = TargetOptions & {
  readonly json?: true;
  readonly users: number;
  readonly seed: number;
  readonly follow?: true;
};

/** licenser local sync --users N --seed S [--follow] */
export const defineLocalSync: DefineCommand = (command, { io, exit }) => {
  command
    .addOption(
      new Option('--users <n>', 'how many users the sync brings')
        .argParser(wholeNumber(1, 200_000))
        .default(10),
    )
    .addOption(
      new Option('--seed <n>', 'which users: the same seed brings the same ones')
        .argParser(wholeNumber(0, 2 ** 31))
        .default(2),
    )
    .option('--follow', 'show every write, until every user has an outcome')
    .addOption(cloudFileOption())
    .addOption(jsonOption());
  addExample(command, 'local sync --users 20 --seed 7 --follow');
  command.action(async (options: Options) => {
    await withLocalCloud(options, async (cloud) => {
      if (options.follow) {
        if (!(await follow(io, cloud, options))) exit(1);
        return;
      }
      const users = await controlOf(cloud).sync({ users: options.users, seed: options.seed });
      if (options.json) {
        printJson(io, { users: users.map(({ id, userPrincipalName }) => ({ id, userPrincipalName })) });
        return;
      }
      io.print(
        users
          .slice(0, 10)
          .map(({ userPrincipalName }) => `  ${userPrincipalName}\n`)
          .join(''),
      );
      if (users.length > 10) io.print(`  and ${String(users.length - 10)} more\n`);
      io.print(`The sync brought ${String(users.length)} users. See them licensed: --follow\n`);
    });
  });
};

function controlOf({ graph, serviceBus }: LocalCloud) {
  return makeControlApi(graph.origin, `http://127.0.0.1:${String(serviceBus.managementPort)}`);
}

/** True: every user got an outcome in time. */
async function follow(io: Io, cloud: LocalCloud, { users, seed, json }: Options): Promise<boolean> {
  const names = await readSkuNames(cloud.graph);
  const quotaFactor = Number(cloud.settings['LICENSER_WRITE_QUOTA'] ?? 3_000) / 3_000;
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  process.once('SIGINT', stop);
  try {
    const followed = await followSync(controlOf(cloud), makeOutcomeReader(cloud.tables), {
      users,
      seed,
      deadlineMs: quotaDeadlineMs(users, quotaFactor),
      signal: stopped.signal,
      ...(json ? {} : { onWrite: (entry, user) => io.print(`${describeWrite(entry, user, names)}\n`) }),
    });
    const outcomes = followed.users.map(({ id, userPrincipalName }) => ({
      id,
      userPrincipalName,
      outcome: followed.outcomes.get(id.toLowerCase()) ?? null,
    }));
    const counts: Record<string, number> = {};
    for (const { outcome } of outcomes) counts[outcome ?? 'none'] = (counts[outcome ?? 'none'] ?? 0) + 1;
    if (json) printJson(io, { users: outcomes, counts, settled: followed.isSettled });
    else {
      const summary = Object.entries(counts).map(([outcome, n]) => `${String(n)} ${paintWord(outcome)}`);
      io.print(`\n${String(outcomes.length)} users: ${summary.join(', ')}\n`);
    }
    return followed.isSettled;
  } finally {
    process.off('SIGINT', stop);
  }
}
