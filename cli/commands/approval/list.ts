import { Option } from 'commander';
import { showApprovals } from '../../../shared/ops-api/routes/requests';
import type { ApprovalView } from '../../../shared/ops-api/schemas';
import { addExample } from '../../options/add-example';
import { addAsOption } from '../../options/operator-options';
import { jsonOption } from '../../options/rule-options';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { renderApproval } from '../../render/render-long-operation';
import { withOps } from '../../target/ops-target';
import type { OpsOptions } from '../../target/ops-target';
import { addTargetOptions } from '../../target/target';

type Options = OpsOptions & { readonly json?: true; readonly all?: true };

/** licenser approval list [--all] */
export const define: DefineCommand = (command, { io }) => {
  command.addOption(new Option('--all', 'also what was decided or has expired'));
  addExample(
    addAsOption(addTargetOptions(command)).addOption(jsonOption()),
    'approval list',
    'approval list --all',
  );
  command.action(async ({ all, ...options }: Options) => {
    const { items } = await withOps(options, io, (ops) =>
      ops.call(showApprovals, { limit: 200, state: all ? 'all' : 'open' }),
    );
    if (options.json) printJson(io, items);
    else io.print(renderApprovals(items));
  });
};

/** Requests for approval, one below the other. */
export function renderApprovals(approvals: readonly ApprovalView[]): string {
  return approvals.length === 0 ? 'Nothing awaits approval.\n' : approvals.map(renderApproval).join('\n');
}
