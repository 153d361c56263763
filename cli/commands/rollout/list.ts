import { showRollouts } from '../../../shared/ops-api/routes/rollouts';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { renderRollouts } from '../../render/render-rollout';
import { jsonOption } from '../../options/rule-options';
import type { RolloutView } from '../../../shared/ops/rollouts/show-rollout';
import { addReadOptions, withReader } from '../../target/read-route';
import type { ReadOptions, Reader } from '../../target/read-route';
import { factsFor } from '../../visible-text';

type Options = ReadOptions & { readonly json?: true };

/** licenser rollout list */
export const define: DefineCommand = (command, { io }) => {
  addExample(addReadOptions(command).addOption(jsonOption()), 'rollout list');
  command.action(async (options: Options) => {
    const views = await withReader(options, io, readAll);
    if (options.json) printJson(io, views);
    else io.print(renderRollouts(factsFor(options, views)));
  });
};

/** In portions that the ops API gives. */
async function readAll(read: Reader): Promise<readonly RolloutView[]> {
  const portion = 200;
  const all = new Map<string, RolloutView>();
  for (let after: string | undefined; ; after = [...all.keys()].at(-1)) {
    const more = await read(showRollouts, { limit: portion, ...(after === undefined ? {} : { after }) });
    const known = all.size;
    for (const one of more) all.set(one.id, one);
    // An app of an earlier version begins at the newest each time.
    if (more.length < portion || all.size === known) return [...all.values()];
  }
}
