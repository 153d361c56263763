import { Option } from 'commander';
import { findUsers } from '../../../shared/ops-api/routes/users';
import type { FoundUserView } from '../../../shared/ops/users/search-users';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { wholeNumber } from '../../options/number-option';
import type { DefineCommand } from '../../program';
import { jsonOption } from '../../options/rule-options';
import { renderTable } from '../../render/render-table';
import { addReadOptions, readRoute } from '../../target/read-route';
import type { ReadOptions } from '../../target/read-route';

type Options = ReadOptions & { readonly json?: true; readonly limit: number };

/** licenser user search TEXT [--limit N] */
export const define: DefineCommand = (command, { io }) => {
  command
    .argument('<text>', 'how a name, a family name or an address begins; or an id')
    .addOption(new Option('--limit <n>', 'so many at most').argParser(wholeNumber(1, 20)).default(20));
  addExample(addReadOptions(command).addOption(jsonOption()), 'user search bakk');
  command.action(async (text: string, { limit, ...options }: Options) => {
    const found = await readRoute(options, io, findUsers, { text, limit });
    if (options.json) printJson(io, found);
    else io.print(renderFound(found));
  });
};

/** Found users as a table. */
export function renderFound({
  items,
  isMore,
}: {
  readonly items: readonly FoundUserView[];
  readonly isMore: boolean;
}): string {
  if (items.length === 0) return 'The tenant has no such user. A new one can take a minute to be found.\n';
  const columns = [
    { title: 'user' },
    { title: 'name', flexible: true },
    { title: 'department' },
    { title: 'outcome' },
  ] as const;
  const rows = items.map(({ id, userPrincipalName, displayName, department, outcome }) => [
    userPrincipalName ?? id,
    displayName ?? '',
    department ?? '',
    outcome ?? 'none yet',
  ]);
  return `${renderTable(columns, rows)}${isMore ? '\nThere are more: type more of the name.\n' : ''}`;
}
