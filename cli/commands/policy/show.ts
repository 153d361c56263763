import { showPolicy } from '../../../shared/ops/policies/list-policies';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { reportRefusal } from '../../render/refusal';
import { jsonOption } from '../../options/rule-options';
import { addTargetOptions, withTarget } from '../../target/target';
import type { TargetOptions } from '../../target/target';

type Options = TargetOptions & { readonly json?: true };

/** licenser policy show [HASH] */
export const define: DefineCommand = (command, context) => {
  const { io } = context;
  command.argument('[policy]', 'active, candidate, or the beginning of a hash', 'active');
  addExample(
    addTargetOptions(command).addOption(jsonOption()),
    'policy show',
    'policy show 3f9a02 > earlier.yaml',
  );
  command.action(async (hash: string, options: Options) => {
    const shown = await reportRefusal(context, () =>
      withTarget(options, ({ pipeline }) => showPolicy(pipeline, hash)),
    );
    if (shown === undefined) return;
    if (options.json) printJson(io, shown);
    else io.print(shown.text.endsWith('\n') ? shown.text : `${shown.text}\n`);
  });
};
