import { resumeScope } from '../../../shared/ops/pauses/change-pause';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { addOperatorOptions, operatorOf, refuseAzure } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import type { DefineCommand } from '../../program';
import { renderPauses } from '../../render/render-pauses';
import { jsonOption } from '../../options/rule-options';
import { addTargetOptions, withTarget } from '../../target/target';
import type { TargetOptions } from '../../target/target';

type Options = TargetOptions & OperatorOptions & { readonly json?: true };

/** licenser queue resume SCOPE */
export const define: DefineCommand = (command, { io }) => {
  command.argument('<scope>', 'intake, apply, lane:N or sku:NAME');
  addOperatorOptions(command, { why: 'optional' });
  addExample(addTargetOptions(command).addOption(jsonOption()), 'queue resume apply');
  command.action(async (scope: string, options: Options) => {
    refuseAzure(options, 'queue resume');
    const resumed = await withTarget(options, ({ pipeline }) =>
      resumeScope(pipeline, scope, operatorOf(options)),
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
