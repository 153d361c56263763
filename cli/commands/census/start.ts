import { startCensus } from '../../../shared/ops/census/census';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { addOperatorOptions, operatorOf, refuseAzure } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import type { DefineCommand } from '../../program';
import { jsonOption } from '../../options/rule-options';
import { addTargetOptions, withTarget } from '../../target/target';
import type { TargetOptions } from '../../target/target';

type Options = TargetOptions & OperatorOptions & { readonly json?: true };

/** licenser census start */
export const define: DefineCommand = (command, { io }) => {
  addOperatorOptions(addTargetOptions(command).addOption(jsonOption()), { why: 'optional' });
  addExample(command, 'census start', 'census start --why "after the merger" --json');
  command.action(async (options: Options) => {
    refuseAzure(options, 'census start');
    const operator = operatorOf(options);
    const asked = await withTarget(options, ({ pipeline }) => startCensus(pipeline, operator));
    if (options.json) printJson(io, asked);
    else {
      const when = asked.afterRunning ? 'when the one that runs is done' : 'within a minute';
      io.print(`Asked for. The census begins ${when}. How it goes:\n  licenser census status\n`);
    }
  });
};
