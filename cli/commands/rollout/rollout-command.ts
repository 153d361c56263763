import type { Operator } from '../../../shared/ops/audit/operator';
import { showRollout } from '../../../shared/ops/rollouts/show-rollout';
import type { Services } from '../../../shared/pipeline/services';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { addOperatorOptions, operatorOf, refuseAzure } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import type { CommandContext, DefineCommand } from '../../program';
import { reportRefusal } from '../../render/refusal';
import { renderRollout } from '../../render/render-rollout';
import { jsonOption } from '../../options/rule-options';
import { addTargetOptions, withTarget } from '../../target/target';
import type { TargetOptions } from '../../target/target';
import type { Rollout } from '../../../shared/words/rollout';

export type RolloutOptions = TargetOptions & OperatorOptions & { readonly json?: true };
type Change = (pipeline: Services, operator: Operator) => Promise<Rollout>;

/** Does something to a rollout and shows it as it is then. */
export async function changeAndShow(
  context: CommandContext,
  word: string,
  options: RolloutOptions,
  change: Change,
): Promise<void> {
  refuseAzure(options, `rollout ${word}`);
  const view = await reportRefusal(context, () =>
    withTarget(options, async ({ pipeline }) => {
      const { id } = await change(pipeline, operatorOf(options));
      return showRollout(pipeline, id);
    }),
  );
  if (view === undefined) return;
  if (options.json) printJson(context.io, view);
  else context.io.print(renderRollout(view));
}

/** licenser rollout WORD ID [--why REASON] */
export function defineRolloutChange(
  word: string,
  change: (pipeline: Services, id: string, operator: Operator) => Promise<Rollout>,
): DefineCommand {
  return (command, context) => {
    command.argument('<rollout>', 'its id');
    addOperatorOptions(command, { why: 'optional' });
    addExample(addTargetOptions(command).addOption(jsonOption()), `rollout ${word} activation-3f9a02`);
    command.action((id: string, options: RolloutOptions) =>
      changeAndShow(context, word, options, (pipeline, operator) => change(pipeline, id, operator)),
    );
  };
}
