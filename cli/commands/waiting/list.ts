import { Option } from 'commander';
import { showWaiting } from '../../../shared/ops-api/routes/tenant';
import type { WaitingView } from '../../../shared/ops/waiting/list-waiting';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { wholeNumber } from '../../options/number-option';
import type { DefineCommand } from '../../program';
import { renderTable } from '../../render/render-table';
import { renderAge, renderTime } from '../../render/render-time';
import { jsonOption } from '../../options/rule-options';
import { addReadOptions, withReader } from '../../target/read-route';
import type { ReadOptions, Reader } from '../../target/read-route';
import { factsFor } from '../../visible-text';

type Options = ReadOptions & { readonly json?: true; readonly sku?: string; readonly limit: number };

/** licenser waiting list [--sku SKU] [--limit N] */
export const define: DefineCommand = (command, { io }) => {
  command
    .option('--sku <sku>', 'only of this SKU: skuPartNumber or id')
    .addOption(
      new Option('--limit <n>', 'so many users a SKU at most; --json gives all')
        .argParser(wholeNumber(1, 100_000))
        .default(50),
    );
  addExample(
    addReadOptions(command).addOption(jsonOption()),
    'waiting list',
    'waiting list --sku SPE_E5 --limit 500',
  );
  command.action(async ({ sku, limit, ...options }: Options) => {
    const wanted = options.json ? Infinity : limit;
    const lists = await withReader(options, io, (read) => readLists(read, sku, wanted));
    if (options.json) printJson(io, lists);
    else io.print(renderWaiting(factsFor(options, lists), limit, io.now()));
  });
};

/** In portions that the ops API gives. */
async function readLists(
  read: Reader,
  sku: string | undefined,
  wanted: number,
): Promise<readonly WaitingView[]> {
  const portion = 1_000;
  const found = new Map<string, WaitingView>();
  for (let skip = 0; ; skip += portion) {
    const lists = await read(showWaiting, { ...(sku === undefined ? {} : { sku }), skip, limit: portion });
    for (const list of lists) {
      const before = found.get(list.skuId)?.users ?? [];
      found.set(list.skuId, { ...list, users: [...before, ...list.users] });
    }
    if (skip + portion >= wanted || lists.every(({ users }) => users.length < portion))
      return [...found.values()];
  }
}

/** Waiting lists as tables, at most `limit` users of each SKU; `now` in milliseconds. */
export function renderWaiting(lists: readonly WaitingView[], limit: number, now: number): string {
  const full = lists.filter(({ waiting }) => waiting > 0);
  if (full.length === 0) return 'No user waits for a seat.\n';
  return full.map((list) => renderList(list, limit, now)).join('\n');
}

function renderList(
  { skuPartNumber, seats, waiting, users }: WaitingView,
  limit: number,
  now: number,
): string {
  const shown = users.slice(0, limit);
  const head = `${skuPartNumber}: ${count(waiting, 'user waits', 'users wait')}; ${String(seats.free)} of ${count(seats.enabled, 'seat', 'seats')} free\n`;
  const table = renderTable(
    [
      { title: '#', align: 'right' },
      { title: 'user', flexible: true },
      { title: 'priority', align: 'right' },
      { title: 'waits', align: 'right' },
      { title: 'meanwhile' },
      { title: 'expected (UTC)' },
    ],
    shown.map((user) => [
      String(user.position),
      user.userPrincipalName ?? user.userId,
      String(user.priority),
      renderAge(now - Date.parse(user.since)),
      user.fallback ?? '-',
      expectationOf(user),
    ]),
  );
  const more = waiting > limit ? `and ${String(waiting - limit)} more: --limit\n` : '';
  const unknown = shown.some((user) => user.expectedAt === null && user.seatUntil === null)
    ? 'Expected: unknown, because no seat came free yet.\n'
    : '';
  // Another process may have seen the seat come free, or the user come.
  const isFree = seats.free > 0 && shown.some((user) => user.seatUntil === null);
  const soon = isFree ? 'A free seat is handed out within 15 s, to the first in the list.\n' : '';
  return `${head}${table}${more}${unknown}${soon}`;
}

function expectationOf({ seatUntil, expectedAt }: WaitingView['users'][number]): string {
  if (seatUntil !== null) return 'now: has a seat';
  return expectedAt === null ? 'unknown' : renderTime(expectedAt).slice(0, 16);
}

function count(number: number, one: string, many: string): string {
  return `${String(number)} ${number === 1 ? one : many}`;
}
