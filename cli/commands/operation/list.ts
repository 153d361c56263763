import { Option } from 'commander';
import { showOperations } from '../../../shared/ops-api/routes/requests';
import type { LongOperationView } from '../../../shared/ops-api/schemas';
import { addExample } from '../../options/add-example';
import { addAsOption } from '../../options/operator-options';
import { jsonOption } from '../../options/rule-options';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { renderTable } from '../../render/render-table';
import { renderTime } from '../../render/render-time';
import { withOps } from '../../target/ops-target';
import type { OpsOptions } from '../../target/ops-target';
import { addTargetOptions } from '../../target/target';

type Options = OpsOptions & { readonly json?: true; readonly mine?: true };

/** licenser operation list [--mine] */
export const define: DefineCommand = (command, { io }) => {
  command.addOption(new Option('--mine', 'only what you asked for'));
  addExample(addAsOption(addTargetOptions(command)).addOption(jsonOption()), 'operation list --mine');
  command.action(async ({ mine, ...options }: Options) => {
    const { items } = await withOps(options, io, (ops) =>
      ops.call(showOperations, mine ? { mine: 'true', limit: 50 } : { limit: 50 }),
    );
    if (options.json) printJson(io, items);
    else io.print(renderLongOperations(items));
  });
};

/** Operations as a table, newest first. */
export function renderLongOperations(operations: readonly LongOperationView[]): string {
  if (operations.length === 0) return 'No long work was asked for in the last week.\n';
  return renderTable(
    [{ title: 'asked (UTC)' }, { title: 'operation' }, { title: 'state' }, { title: 'what', flexible: true }],
    operations.map(({ id, route, state, by, askedAt }) => [
      renderTime(askedAt).slice(0, 19),
      id,
      state,
      `${route}, by ${by}`,
    ]),
  );
}
