import { showRollouts } from '../../../shared/ops-api/routes/rollouts';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { renderRollouts } from '../../render/render-rollout';
import { jsonOption } from '../../options/rule-options';
import { addReadOptions, readRoute } from '../../target/read-route';
import type { ReadOptions } from '../../target/read-route';

type Options = ReadOptions & { readonly json?: true };

/** licenser rollout list */
export const define: DefineCommand = (command, { io }) => {
  addExample(addReadOptions(command).addOption(jsonOption()), 'rollout list');
  command.action(async (options: Options) => {
    const views = await readRoute(options, io, showRollouts, {});
    if (options.json) printJson(io, views);
    else io.print(renderRollouts(views));
  });
};
