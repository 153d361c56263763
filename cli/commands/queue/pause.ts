import { pause } from '../../../shared/ops-api/routes/queues';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { addOperatorOptions, requiredWhy } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import type { DefineCommand } from '../../program';
import { renderPauses } from '../../render/render-pauses';
import { jsonOption } from '../../options/rule-options';
import { withOps } from '../../target/ops-target';
import { addTargetOptions } from '../../target/target';

type Options = OperatorOptions & { readonly json?: true };

/** licenser queue pause SCOPE --why REASON */
export const define: DefineCommand = (command, { io }) => {
  command.argument('<scope>', 'intake, apply, location, lane:N or sku:NAME');
  addOperatorOptions(command, { why: 'required' });
  addExample(
    addTargetOptions(command).addOption(jsonOption()),
    'queue pause apply --why "wrong licenses, looking into it"',
    'queue pause sku:EMS --why "contract ends"',
  );
  command.action(async (scope: string, options: Options) => {
    const paused = await withOps(options, io, (ops) => ops.call(pause, { scope, ...requiredWhy(options) }));
    if (options.json) printJson(io, paused);
    else {
      const said = paused.isChanged
        ? `Paused within two seconds: ${paused.scope}. Nothing is lost meanwhile.`
        : `Paused already: ${paused.scope}.`;
      io.print(
        `${said}\n\n${renderPauses(paused.pauses)}\nResume it: licenser queue resume ${paused.scope}\n`,
      );
    }
  });
};
