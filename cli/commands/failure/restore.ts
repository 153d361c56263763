import { restore } from '../../../shared/ops-api/routes/failures';
import { addExample } from '../../options/add-example';
import { addSelectionOptions, selectionOf } from '../../options/failure-selection';
import type { SelectionOptions } from '../../options/failure-selection';
import { printJson } from '../../io';
import { addOperatorOptions, optionalWhy } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import type { DefineCommand } from '../../program';
import { jsonOption } from '../../options/rule-options';
import { withOps } from '../../target/ops-target';
import { addTargetOptions } from '../../target/target';

type Options = OperatorOptions & SelectionOptions & { readonly json?: true };

/** licenser failure restore [USER...] | --class CLASS | --all */
export const define: DefineCommand = (command, { io }) => {
  addOperatorOptions(addSelectionOptions(command), { why: 'optional' });
  addExample(
    addTargetOptions(command).addOption(jsonOption()),
    'failure restore ann.bakker@contoso.com',
    'failure restore --all',
  );
  command.action(async (subjects: string[], options: Options) => {
    const selection = selectionOf(subjects, options);
    const restored = await withOps(options, io, (ops) =>
      ops.call(restore, { ...selection, ...optionalWhy(options) }),
    );
    if (options.json) printJson(io, restored);
    else if (restored.changed.length === 0) io.print('Nothing was dismissed.\n');
    else io.print(`On the list again: ${String(restored.changed.length)}.\n  licenser failure list\n`);
  });
};
