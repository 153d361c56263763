import { restoreFailures } from '../../../shared/ops/failures/dismiss-failures';
import { addExample } from '../../options/add-example';
import { addSelectionOptions, selectionOf } from '../../options/failure-selection';
import type { SelectionOptions } from '../../options/failure-selection';
import { printJson } from '../../io';
import { addOperatorOptions, operatorOf, refuseAzure } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import type { DefineCommand } from '../../program';
import { jsonOption } from '../../options/rule-options';
import { addTargetOptions, withTarget } from '../../target/target';
import type { TargetOptions } from '../../target/target';

type Options = TargetOptions & OperatorOptions & SelectionOptions & { readonly json?: true };

/** licenser failure restore [USER...] | --class CLASS | --all */
export const define: DefineCommand = (command, { io }) => {
  addOperatorOptions(addSelectionOptions(command), { why: 'optional' });
  addExample(
    addTargetOptions(command).addOption(jsonOption()),
    'failure restore ann.bakker@contoso.com',
    'failure restore --all',
  );
  command.action(async (subjects: string[], options: Options) => {
    refuseAzure(options, 'failure restore');
    const selection = selectionOf(subjects, options);
    const restored = await withTarget(options, ({ pipeline, inspector }) =>
      restoreFailures(pipeline, inspector(), selection, operatorOf(options)),
    );
    if (options.json) printJson(io, restored);
    else if (restored.changed.length === 0) io.print('Nothing was dismissed.\n');
    else io.print(`On the list again: ${String(restored.changed.length)}.\n  licenser failure list\n`);
  });
};
