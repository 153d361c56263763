import { Option } from 'commander';
import { toUserId } from '../../../../shared/kernel/ids';
import { systemRandom } from '../../../../shared/kernel/random';
import { makeCatalogue } from '../../../../shared/licensing/catalogue/catalogue';
import { addExample } from '../../../options/add-example';
import { makeEmbeddedGraph } from '../../../target/embedded-graph';
import { printJson } from '../../../io';
import { createLocalUser } from '../../../target/new-local-user';
import type { NewUser } from '../../../target/new-local-user';
import { wholeNumber } from '../../../options/number-option';
import type { DefineCommand } from '../../../program';
import { paintWord } from '../../../render/paint';
import { jsonOption } from '../../../options/rule-options';
import { cloudFileOption, withLocalTarget } from '../../../target/target';
import type { TargetOptions } from '../../../target/target';
import { visibleLine } from '../../../visible-text';
import { waitForOutcome } from '../../../watch/wait-for-outcome';

type Options = TargetOptions &
  NewUser & { readonly json?: true; readonly wait?: true; readonly timeout: number };

/** licenser local user create --department D … */
export const define: DefineCommand = (command, { io, exit }) => {
  command
    .requiredOption('--department <name>', 'department, which the sample policy goes by')
    .option('--name <name>', 'display name (default: a made-up one)')
    .option('--upn <name>', 'userPrincipalName (default: made from the name)')
    .option('--country <code>', 'country; give "" for none', 'NL')
    .option('--usage-location <code>', 'two letters (default: none yet, as with a synced user)')
    .option('--with <licenses...>', 'assigned by hand before: SKU, or SKU:PLAN,PLAN with plans that are off')
    .option('--group <name...>', 'groups that the user is a member of')
    .option('--synced', 'as directory sync brings them')
    .option('--wait', 'wait until the user has an outcome')
    .addOption(
      new Option('--timeout <seconds>', 'how long to wait').argParser(wholeNumber(1, 3_600)).default(60),
    )
    .addOption(cloudFileOption())
    .addOption(jsonOption());
  addExample(
    command,
    'local user create --department Sales --wait',
    'local user create --department Sales --name "Ann Bakker" --with EMS:RMS_S_PREMIUM',
  );
  command.action(async (options: Options) => {
    const created = await withLocalTarget(options, async ({ pipeline, cloud }) => {
      const graph = makeEmbeddedGraph(cloud.graph, () => pipeline.clock.now());
      const catalogue = makeCatalogue(await pipeline.directory.listSkus());
      const user = await createLocalUser(graph, catalogue, options, systemRandom);
      if (!options.wait) return { ...user, outcome: null };
      if (!options.json) io.print(`Created ${visibleLine(user.userPrincipalName)}\n        ${user.id}\n`);
      const id = toUserId(user.id);
      const startedAt = pipeline.clock.now();
      const outcome = await waitForOutcome(pipeline.users, id, options.timeout * 1_000, pipeline.clock);
      return { ...user, outcome, waitedMs: pipeline.clock.now() - startedAt };
    });
    if (options.wait && created.outcome === null) exit(1);
    if (options.json) printJson(io, created);
    else if (!options.wait) {
      io.print(`Created ${created.userPrincipalName}\n        ${created.id}\n`);
      io.print(`See what comes of it: licenser user show ${created.userPrincipalName}\n`);
    } else if (created.outcome === null) {
      io.complain(`No outcome within ${String(options.timeout)} s. licenser user history ${created.id}\n`);
    } else {
      const seconds = ((created.waitedMs ?? 0) / 1_000).toFixed(1);
      io.print(`Outcome ${paintWord(created.outcome)} after ${seconds} s\n`);
    }
  });
};
