import { Option } from 'commander';
import type { PeopleCounts } from '@auto-licenser/graph-emulator/usual-changes';
import { enforcedPolicy } from '../../rehearsal/enforced-policy';
import { midnightBefore } from '../../rehearsal/rehearse';
import { rehearseInThread } from '../../rehearsal/thread/rehearse-in-thread';
import { compilePolicy } from '../../shared/pipeline/sources/policy-file';
import { printJson, readTextFile } from '../io';
import { addExample } from '../options/add-example';
import { wholeNumber } from '../options/number-option';
import { jsonOption } from '../options/rule-options';
import type { DefineCommand } from '../program';
import { describeUnknownPrices, noPrices, readPricesCsv } from '../read/read-prices';
import { displayRehearsal } from '../render/report/rehearsal-line';
import { renderRehearsal } from '../render/report/render-rehearsal';
import { spareMemory } from '../spare-memory';

type Options = Partial<PeopleCounts> & {
  readonly policy: string;
  readonly days: number;
  readonly seed: number;
  readonly prices?: string;
  readonly asWritten?: true;
  readonly approve?: true;
  readonly limit: number;
  readonly json?: true;
};

/** licenser rehearse FILE --policy FILE [--days N] [--seed S] */
export const define: DefineCommand = (command, { io, exit }) => {
  const aDay = (flag: string, what: string) =>
    new Option(`--${flag} <users>`, `${what} a day (default: as many as is usual)`).argParser(
      wholeNumber(0, 100_000),
    );
  command
    .argument('<file>', 'a copy of a tenant: the tenant file of the embedded Graph, .gz too')
    .requiredOption('--policy <file>', 'the policy to rehearse')
    .addOption(
      new Option('--days <days>', 'working days of the tenant').argParser(wholeNumber(1, 365)).default(5),
    )
    .addOption(
      new Option('--seed <number>', 'the same seed, the same people')
        .argParser(wholeNumber(0, 2_147_483_647))
        .default(1),
    )
    .addOption(aDay('joiners', 'accounts that are created'))
    .addOption(aDay('movers', 'people who change department'))
    .addOption(aDay('leavers', 'accounts that are disabled'))
    .addOption(
      new Option('--prices <csv>', 'columns sku and price: of a seat a month, in place of the policy’s'),
    )
    .option('--as-written', 'a policy with `mode: observe` observes here too, and writes nothing')
    .option('--approve', 'a person approves each morning what guards hold back (default: it stays held)')
    .addOption(
      new Option('--limit <lines>', 'show at most so many users; JSON has all')
        .argParser(wholeNumber(0, 1_000_000))
        .default(20),
    )
    .addOption(jsonOption());
  addExample(
    command,
    'rehearse tenant.ndjson.gz --policy draft.yaml --days 5',
    'rehearse tenant.ndjson.gz --policy draft.yaml --joiners 40 --seed 7 --json',
  );
  command.action(async (file: string, options: Options) => {
    const written = await readTextFile(io, options.policy);
    // Before a large file is read.
    compilePolicy(written, options.policy);
    const enforced = options.asWritten ? undefined : enforcedPolicy(written);
    const list = options.prices === undefined ? noPrices : await readPricesCsv(io, options.prices);
    if (enforced !== undefined) {
      io.complain(
        `${options.policy} observes; it is rehearsed as it would enforce (--as-written: observes here too)\n`,
      );
    }
    spareMemory();
    const order = {
      tenantFile: file,
      policy: { name: options.policy, text: enforced ?? written },
      days: options.days,
      seed: options.seed,
      startAt: midnightBefore(io.now()),
      approves: options.approve === true,
      people: peopleOf(options),
      prices: list.prices,
    };
    const line = process.stderr.isTTY ? displayRehearsal(options.days, io.complain, io.now) : undefined;
    const rehearsal = await rehearseInThread(order, (progress) => line?.show(progress)).finally(() => {
      line?.end();
    });
    for (const note of describeUnknownPrices(list, rehearsal.skus)) io.complain(`${note}\n`);
    if (options.json) printJson(io, rehearsal);
    else io.print(renderRehearsal(rehearsal, options.limit));
    if (rehearsal.lost > 0) exit(1);
  });
};

function peopleOf({ joiners, movers, leavers }: Options): Partial<PeopleCounts> {
  return {
    ...(joiners === undefined ? {} : { joiners }),
    ...(movers === undefined ? {} : { movers }),
    ...(leavers === undefined ? {} : { leavers }),
  };
}
