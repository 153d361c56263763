import { showTimeline } from '../../../shared/ops-api/routes/users';
import type { UserHistory } from '../../../shared/ops/users/user-history';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { renderTable } from '../../render/render-table';
import { renderTime } from '../../render/render-time';
import { jsonOption } from '../../options/rule-options';
import { addReadOptions, readRoute } from '../../target/read-route';
import type { ReadOptions } from '../../target/read-route';

type Options = ReadOptions & { readonly json?: true };

/** licenser user history USER */
export const define: DefineCommand = (command, { io }) => {
  command.argument('<user>', 'id or userPrincipalName');
  addExample(addReadOptions(command).addOption(jsonOption()), 'user history ann.bakker@contoso.com');
  command.action(async (idOrUpn: string, options: Options) => {
    const history = await readRoute(options, io, showTimeline, { user: idOrUpn });
    if (options.json) printJson(io, history);
    else io.print(renderHistory(history));
  });
};

/** A user’s timeline as a table, oldest first. */
export function renderHistory({ id, userPrincipalName, entries }: UserHistory): string {
  const head = `${userPrincipalName ?? 'unknown name'}  ${id}\n\n`;
  if (entries.length === 0) {
    return `${head}Nothing is recorded of this user yet. \`licenser apply --user ${id}\` queues the user.\n`;
  }
  return `${head}${renderTable(
    [{ title: 'time (UTC)' }, { title: 'step' }, { title: 'what', flexible: true }],
    entries.map((entry) => [renderTime(entry.at), entry.step, `${entry.text}${peopleOf(entry)}`]),
  )}`;
}

/** Who did it, or asked for the rollout that it is of, and who approved that. An API of an earlier version does not say. */
function peopleOf(entry: Partial<UserHistory['entries'][number]>): string {
  const { by = null, approvedBy = null, facts = {} } = entry;
  const { rollout } = facts;
  const people = [
    ...(typeof rollout === 'string' ? [`rollout ${rollout}`] : []),
    ...(by === null ? [] : [typeof rollout === 'string' ? `asked for by ${by}` : `by ${by}`]),
    ...(approvedBy === null ? [] : [`approved by ${approvedBy}`]),
  ];
  return people.length === 0 ? '' : ` (${people.join(', ')})`;
}
