import { Option } from 'commander';
import { makeControlApi } from '@auto-licenser/graph-emulator/client';
import type { SyncCounts, SyncWave, WeekCounts } from '@auto-licenser/graph-emulator/client';
import { collectWhys, describeWhy } from '../../local-cloud/describe-why';
import { followSync } from '../../local-cloud/follow-sync';
import { makeOutcomeReader } from '../../local-cloud/outcomes';
import { quotaDeadlineMs } from '../../local-cloud/quota-deadline';
import { readSkuNames } from '../../local-cloud/sku-names';
import { makeWriteLines, wantsColor } from '../../local-cloud/write-lines';
import type { LocalCloud } from '../../../local/cloud-file';
import { UserError } from '../../../shared/kernel/errors';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import type { Io } from '../../io';
import { wholeNumber } from '../../options/number-option';
import type { DefineCommand } from '../../program';
import { countOutcomes, renderOutcomes, renderWave } from '../../render/render-sync';
import { jsonOption } from '../../options/rule-options';
import { cloudFileOption, withLocalCloud } from '../../target/target';
import type { TargetOptions } from '../../target/target';
import { visibleFacts } from '../../visible-text';

type Options = TargetOptions & {
  readonly json?: true;
  readonly users?: number;
  readonly movers?: number;
  readonly leavers?: number;
  readonly seed: number;
  readonly likeLastWeek?: true;
  readonly follow?: true;
};

/** licenser local sync --users N --seed S [--movers M] [--leavers L] [--like-last-week] [--follow] */
export const define: DefineCommand = (command, { io, exit }) => {
  command
    .addOption(
      new Option('--users <n>', 'joiners: how many new users the sync brings (default: 10)').argParser(
        wholeNumber(0, 200_000),
      ),
    )
    .addOption(
      new Option(
        '--movers <n>',
        'how many synced users change department (default: 10 % of --users)',
      ).argParser(wholeNumber(0, 200_000)),
    )
    .addOption(
      new Option('--leavers <n>', 'how many synced users are disabled (default: 5 % of --users)').argParser(
        wholeNumber(0, 200_000),
      ),
    )
    .addOption(
      new Option('--seed <n>', 'which people: the same seed brings the same ones')
        .argParser(wholeNumber(0, 2 ** 31))
        .default(2),
    )
    .option(
      '--like-last-week',
      'a normal week of this tenant: people like those who are there, as many as usually join, move and leave unless numbers are given',
    )
    .option('--follow', 'show every write, until every user has an outcome')
    .addOption(cloudFileOption())
    .addOption(jsonOption());
  addExample(
    command,
    'local sync --users 20 --seed 7 --follow',
    'local sync --users 5 --movers 3 --leavers 0',
    'local sync --like-last-week --seed 3 --follow',
  );
  command.action(async (options: Options) => {
    checkCounts(options);
    await withLocalCloud(options, async (cloud) => {
      if (options.follow) {
        if (!(await follow(io, cloud, options))) exit(1);
        return;
      }
      const control = controlOf(cloud);
      const wave = options.likeLastWeek
        ? await control.syncWeek(weekOf(options))
        : await control.syncWave(countsOf(options));
      if (options.json) printJson(io, withoutTimes(wave));
      else io.print(renderWave(visibleFacts(wave)));
    });
  });
};

function checkCounts(options: Options): void {
  const { users, movers, leavers } = countsOf(options);
  if (options.likeLastWeek !== true && users + (movers ?? 0) + (leavers ?? 0) === 0) {
    throw new UserError('cli/usage', 'A sync without users: give --users, --movers or --leavers');
  }
}

/** Without numbers of their own, one joiner in ten brings a mover and one in twenty a leaver. */
export function countsOf({
  users = 10,
  movers,
  leavers,
  seed,
}: Omit<Options, keyof TargetOptions>): SyncCounts {
  return {
    users,
    movers: movers ?? Math.round(users * 0.1),
    leavers: leavers ?? Math.round(users * 0.05),
    seed,
  };
}

/** Numbers by hand take the place of those of a normal week. */
function weekOf({ users, movers, leavers, seed }: Options): WeekCounts {
  return {
    seed,
    ...(users === undefined ? {} : { users }),
    ...(movers === undefined ? {} : { movers }),
    ...(leavers === undefined ? {} : { leavers }),
  };
}

const withoutTimes = ({ users, movers, leavers }: SyncWave) => ({
  users: users.map(({ id, userPrincipalName }) => ({ id, userPrincipalName })),
  movers,
  leavers,
});

function controlOf({ graph, serviceBus }: LocalCloud) {
  return makeControlApi(graph, `http://127.0.0.1:${String(serviceBus.managementPort)}`);
}

/** At most a tenth of a tenant changes in a week: how long it takes at most follows from it. */
async function countPeople(options: Options, countUsers: () => Promise<number>) {
  if (!options.likeLastWeek) {
    const counts = countsOf(options);
    return { counts, people: counts.users + (counts.movers ?? 0) + (counts.leavers ?? 0) };
  }
  const { users, movers, leavers } = options;
  const people = Math.ceil((await countUsers()) / 10) + (users ?? 0) + (movers ?? 0) + (leavers ?? 0);
  return { counts: { week: weekOf(options) }, people };
}

/** True: every user got an outcome in time. */
async function follow(io: Io, cloud: LocalCloud, options: Options): Promise<boolean> {
  const { json } = options;
  const control = controlOf(cloud);
  const { counts, people } = await countPeople(options, async () => (await control.graphState()).users);
  const outcomes = makeOutcomeReader(cloud.tables);
  const names = await readSkuNames(cloud.graph);
  const quotaFactor = Number(cloud.settings['LICENSER_WRITE_QUOTA'] ?? 3_000) / 3_000;
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  process.once('SIGINT', stop);
  try {
    const lineOf = makeWriteLines(outcomes, names, { color: wantsColor(process.stdout, process.env) });
    const followed = await followSync(control, outcomes, {
      ...counts,
      deadlineMs: quotaDeadlineMs(people, quotaFactor),
      signal: stopped.signal,
      ...(json
        ? {}
        : { onWrite: async (entry, user) => io.print(`${await lineOf(entry, visibleFacts(user))}\n`) }),
    });
    const withOutcome = <Person extends { readonly id: string }>(person: Person) => ({
      ...person,
      outcome: followed.outcomes.get(person.id.toLowerCase()) ?? null,
    });
    const wave = withoutTimes(followed);
    const users = wave.users.map(withOutcome);
    const movers = wave.movers.map(withOutcome);
    const leavers = wave.leavers.map(withOutcome);
    if (json) {
      printJson(io, { users, movers, leavers, counts: countOutcomes(users), settled: followed.isSettled });
    } else {
      io.print(
        `\n${renderOutcomes('joiners', users)}${renderOutcomes('movers', movers)}${renderOutcomes('leavers', leavers)}`,
      );
      io.print(describeWhy(visibleFacts(collectWhys(followed.users, await outcomes.readRows()))));
    }
    return followed.isSettled;
  } finally {
    process.off('SIGINT', stop);
  }
}
