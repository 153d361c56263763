import { Option } from 'commander';
import { UserError, ensureError } from '../../shared/kernel/errors';
import type { Policy } from '../../shared/policy/policy';
import { makeReport } from '../../shared/tenant/report/make-report';
import type { TenantReport } from '../../shared/tenant/report/tenant-report';
import { readGroupNames, readReportUsers } from '../../shared/tenant/read/read-report-users';
import { printJson } from '../io';
import type { Io } from '../io';
import { addExample } from '../options/add-example';
import { wholeNumber } from '../options/number-option';
import { readPolicyOption } from '../options/read-policy-option';
import { jsonOption } from '../options/rule-options';
import type { DefineCommand } from '../program';
import { describeUnknownPrices, noPrices, readPricesCsv } from '../read/read-prices';
import type { PriceList } from '../read/read-prices';
import { makeProgressBar } from '../render/progress-bar';
import { renderReportHtml } from '../render/report/render-report-html';
import { renderReportText } from '../render/report/render-report-text';
import { refuseOverwriting } from '../same-file';
import { addLookOptions, withLookTarget } from '../target/target';
import type { LookTarget, TargetOptions } from '../target/target';
import { visibleFacts, visibleJson, visibleLine } from '../visible-text';
import { writePrivateFile } from '../write-private-file';

type Format = 'text' | 'json' | 'html';
type Options = TargetOptions & {
  readonly format: Format;
  readonly out?: string;
  readonly prices?: string;
  readonly policy?: string;
  readonly limit: number;
  readonly json?: true;
};

/** licenser report [--format text|json|html] [--out FILE] [--prices CSV] */
export const define: DefineCommand = (command, { io }) => {
  command
    .addOption(
      new Option('--format <format>', 'text, JSON, or one HTML file that opens without network')
        .choices(['text', 'json', 'html'])
        .default('text'),
    )
    .addOption(new Option('--out <file>', 'write it to this file, which only you may read'))
    .addOption(new Option('--prices <csv>', 'columns sku and price: of a seat a month'))
    .addOption(new Option('--policy <file>', 'a policy with prices (default: the one in force)'))
    .addOption(
      new Option('--limit <lines>', 'show at most so many users of each finding; JSON has all')
        .argParser(wholeNumber(0, 1_000_000))
        .default(100),
    );
  addExample(
    addLookOptions(command).addOption(jsonOption()),
    'report --target tenant',
    'report --target tenant --prices prices.csv --format html --out report.html',
  );
  command.action(async (options: Options) => {
    const { out } = options;
    if (out !== undefined) {
      await refuseOverwriting('--out', out, { '--prices': options.prices, '--policy': options.policy });
    }
    const prices = options.prices === undefined ? undefined : await readPricesCsv(io, options.prices);
    const policy = await readPolicyOption(io, options.policy);
    const bar = process.stderr.isTTY ? makeProgressBar(io.complain, io.now) : undefined;
    const onProgress = (done: number, total: number | null) => bar?.show({ step: 'users', done, total });
    const work = withLookTarget({ ...options, json: true }, io, (target) =>
      read(target, { at: io.now(), prices, policy, onProgress }),
    );
    const { report, notes } = await work.finally(() => bar?.end());
    for (const note of notes) io.complain(`${note}\n`);
    await write(io, report, options);
  });
};

type ReadOptions = {
  readonly at: number;
  readonly prices: PriceList | undefined;
  readonly policy: Policy | undefined;
  readonly onProgress: (done: number, total: number | null) => void;
};

async function read(
  { pipeline, reads }: LookTarget,
  { at, prices, policy, onProgress }: ReadOptions,
): Promise<{ readonly report: TenantReport; readonly notes: readonly string[] }> {
  const { directory } = pipeline;
  const [skus, conflicts, total] = await Promise.all([
    directory.listSkus(),
    pipeline.learntConflicts.current(),
    process.stderr.isTTY ? reads.countUsers() : undefined,
  ]);
  const users = await readReportUsers(directory, (done) => onProgress(done, total ?? null));
  const groupNames = await readGroupNames(directory, users);
  const inForce = policy === undefined && prices === undefined ? await policyInForce(pipeline) : { policy };
  const report = makeReport({
    at,
    skus,
    users,
    groupNames,
    conflicts,
    prices: prices?.prices ?? pricesOf(inForce.policy),
  });
  return {
    report,
    notes: [...(inForce.notes ?? []), ...describeUnknownPrices(prices ?? noPrices, report.skus)],
  };
}

type InForce = { readonly policy: Policy | undefined; readonly notes?: readonly string[] };

/** A report needs no policy: without one there are no prices, and one that cannot be used is told. */
async function policyInForce({ policy }: LookTarget['pipeline']): Promise<InForce> {
  try {
    return { policy: await policy.current() };
  } catch (thrown) {
    if (thrown instanceof UserError && thrown.code === 'cli/no-policy') return { policy: undefined };
    const why = `No prices: the policy cannot be used: ${ensureError(thrown).message}`;
    return { policy: undefined, notes: [visibleLine(why)] };
  }
}

function pricesOf(policy: Policy | undefined): ReadonlyMap<string, number> {
  return new Map(Object.entries(policy?.prices ?? {}).map(([sku, price]) => [sku.toLowerCase(), price]));
}

async function write(io: Io, report: TenantReport, options: Options): Promise<void> {
  const { out, limit } = options;
  const format = options.json === true ? 'json' : options.format;
  if (out === undefined && format === 'json') {
    printJson(io, report);
    return;
  }
  const text = render(format, report, limit);
  if (out === undefined) {
    io.print(text);
    return;
  }
  await writePrivateFile(out, text);
  io.complain(`Written to ${out}\n`);
}

function render(format: Format, report: TenantReport, limit: number): string {
  if (format === 'json') return `${visibleJson(report)}\n`;
  const shown = visibleFacts(report);
  return format === 'html' ? renderReportHtml(shown, limit) : renderReportText(shown, limit);
}
