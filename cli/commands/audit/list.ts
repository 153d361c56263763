import { Option } from 'commander';
import { showAudit } from '../../../shared/ops-api/routes/requests';
import type { AuditView } from '../../../shared/ops/audit/list-audit';
import { isoTime } from '../../../shared/kernel/clock';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { wholeNumber } from '../../options/number-option';
import type { DefineCommand } from '../../program';
import { renderTable } from '../../render/render-table';
import { renderTime } from '../../render/render-time';
import { jsonOption } from '../../options/rule-options';
import { addReadOptions, readItems } from '../../target/read-route';
import type { ReadOptions } from '../../target/read-route';
import { pastTime } from '../../options/time-option';

type Options = ReadOptions & { readonly json?: true; readonly since?: number; readonly limit: number };

/** licenser audit list [--since TIME] [--limit N] */
export const define: DefineCommand = (command, { io }) => {
  command
    .addOption(
      new Option('--since <time>', 'not older than this: ISO 8601, or how long ago (12h, 2d)').argParser(
        pastTime,
      ),
    )
    .addOption(new Option('--limit <n>', 'so many at most').argParser(wholeNumber(1, 100_000)).default(50));
  addExample(
    addReadOptions(command).addOption(jsonOption()),
    'audit list --since 1d',
    'audit list --limit 500 --json',
  );
  command.action(async ({ since, limit, ...options }: Options) => {
    const from: { since?: string; limit?: number; cursor?: string } =
      since === undefined ? {} : { since: isoTime(since) };
    const entries = await readItems(options, io, showAudit, from, limit);
    if (options.json) printJson(io, entries);
    else io.print(renderAudit(entries, limit));
  });
};

/** What operators did, as a table; at most `limit` entries. */
export function renderAudit(entries: readonly AuditView[], limit: number): string {
  if (entries.length === 0) return 'No operator has done anything in this time.\n';
  const table = renderTable(
    [{ title: 'time (UTC)' }, { title: 'who' }, { title: 'what', flexible: true }],
    entries.map(({ at, by, action, subject, why, result }) => [
      renderTime(at).slice(0, 19),
      by,
      `${action} ${subject}${result === undefined || result === 'done' ? '' : ` (${result})`}${why === null ? '' : `: ${why}`}`,
    ]),
  );
  return entries.length < limit ? table : `${table}\nThe latest ${String(limit)}; more: --limit\n`;
}
