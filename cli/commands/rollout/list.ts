import { listRollouts } from '../../../shared/ops/rollouts/show-rollout';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { renderRollouts } from '../../render/render-rollout';
import { jsonOption } from '../../options/rule-options';
import { addTargetOptions, withTarget } from '../../target/target';
import type { TargetOptions } from '../../target/target';

type Options = TargetOptions & { readonly json?: true };

/** licenser rollout list */
export const define: DefineCommand = (command, { io }) => {
  addExample(addTargetOptions(command).addOption(jsonOption()), 'rollout list');
  command.action(async (options: Options) => {
    const views = await withTarget(options, ({ pipeline }) => listRollouts(pipeline));
    if (options.json) printJson(io, views);
    else io.print(renderRollouts(views));
  });
};
