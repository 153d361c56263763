import { askForCensus } from '../../../shared/ops-api/routes/tenant';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { addOperatorOptions, optionalWhy } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import type { DefineCommand } from '../../program';
import { jsonOption } from '../../options/rule-options';
import { withOps } from '../../target/ops-target';
import { addTargetOptions } from '../../target/target';

type Options = OperatorOptions & { readonly json?: true };

/** licenser census start */
export const define: DefineCommand = (command, { io }) => {
  addOperatorOptions(addTargetOptions(command).addOption(jsonOption()), { why: 'optional' });
  addExample(command, 'census start', 'census start --why "after the merger" --json');
  command.action(async (options: Options) => {
    const asked = await withOps(options, io, (ops) => ops.call(askForCensus, optionalWhy(options)));
    if (options.json) printJson(io, asked);
    else {
      const when = asked.afterRunning ? 'when the one that runs is done' : 'within a minute';
      io.print(`Asked for. The census begins ${when}. How it goes:\n  licenser census status\n`);
    }
  });
};
