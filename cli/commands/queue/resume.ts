import { liftPause } from '../../../shared/ops-api/routes/queues';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { addOperatorOptions, optionalWhy } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import type { DefineCommand } from '../../program';
import { renderPauses } from '../../render/render-pauses';
import { jsonOption } from '../../options/rule-options';
import { withOps } from '../../target/ops-target';
import { addTargetOptions } from '../../target/target';

type Options = OperatorOptions & { readonly json?: true };

/** licenser queue resume SCOPE */
export const define: DefineCommand = (command, { io }) => {
  command.argument('<scope>', 'intake, apply, location, lane:N or sku:NAME');
  addOperatorOptions(command, { why: 'optional' });
  addExample(addTargetOptions(command).addOption(jsonOption()), 'queue resume apply');
  command.action(async (scope: string, options: Options) => {
    const resumed = await withOps(options, io, (ops) =>
      ops.call(liftPause, { scope, ...optionalWhy(options) }),
    );
    if (options.json) printJson(io, resumed);
    else {
      const still = renderPauses(resumed.pauses);
      const said = resumed.isChanged
        ? `Resumed: ${resumed.scope}. Parked work goes on by itself within half a minute.`
        : `Nothing was paused: ${resumed.scope}.`;
      io.print(`${said}\n${still === '' ? '' : `\n${still}`}`);
    }
  });
};
