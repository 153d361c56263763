import { showOperation } from '../../../shared/ops-api/routes/requests';
import { addExample } from '../../options/add-example';
import { addAsOption } from '../../options/operator-options';
import { jsonOption } from '../../options/rule-options';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { renderLongOperation } from '../../render/render-long-operation';
import { withOps } from '../../target/ops-target';
import type { OpsOptions } from '../../target/ops-target';
import { addTargetOptions } from '../../target/target';

type Options = OpsOptions & { readonly json?: true };

/** licenser operation show ID */
export const define: DefineCommand = (command, { io, exit }) => {
  command.argument('<id>', 'of the operation');
  addExample(addAsOption(addTargetOptions(command)).addOption(jsonOption()), 'operation show op-3f9a02');
  command.action(async (id: string, options: Options) => {
    const operation = await withOps(options, io, (ops) => ops.call(showOperation, { id }));
    if (options.json) printJson(io, operation);
    else io.print(renderLongOperation(operation));
    if (operation.state === 'failed') exit(1);
  });
};
