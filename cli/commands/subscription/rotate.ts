import { rotateClientState } from '../../../shared/ops-api/routes/sources';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { addOperatorOptions, optionalWhy } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import type { DefineCommand } from '../../program';
import { jsonOption } from '../../options/rule-options';
import { withOps } from '../../target/ops-target';
import { addTargetOptions } from '../../target/target';

type Options = OperatorOptions & { readonly json?: true };

/** licenser subscription rotate */
export const define: DefineCommand = (command, { io }) => {
  addOperatorOptions(addTargetOptions(command).addOption(jsonOption()), { why: 'optional' });
  addExample(command, 'subscription rotate', 'subscription rotate --why "it was in a log"');
  command.action(async (options: Options) => {
    const rotated = await withOps(options, io, (ops) => ops.call(rotateClientState, optionalWhy(options)));
    if (options.json) printJson(io, rotated);
    else {
      io.print(
        'The client state has another value. The subscriptions take it over within a round of following changes;\nthe value before stays valid for five hours, since Graph repeats calls for four.\n',
      );
    }
  });
};
