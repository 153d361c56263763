import type { OpsRoute } from '../../../shared/ops-api/route';
import type { RolloutView } from '../../../shared/ops/rollouts/show-rollout';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { addOperatorOptions, optionalWhy, requiredWhy } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import type { CommandContext, DefineCommand } from '../../program';
import { reportRefusal } from '../../render/refusal';
import { renderRollout } from '../../render/render-rollout';
import { jsonOption } from '../../options/rule-options';
import { withOps } from '../../target/ops-target';
import { addTargetOptions } from '../../target/target';

export type RolloutOptions = OperatorOptions & { readonly json?: true };

/** Asks for something that ends with a rollout, and shows it as it is then. */
export async function changeAndShow<Input>(
  context: CommandContext,
  options: RolloutOptions,
  route: OpsRoute<Input, RolloutView>,
  input: Input,
): Promise<void> {
  const view = await reportRefusal(context, () =>
    withOps(options, context.io, (ops) => ops.call(route, input)),
  );
  if (view === undefined) return;
  if (options.json) printJson(context.io, view);
  else context.io.print(renderRollout(view));
}

/** licenser rollout WORD ID [--why REASON] */
export function defineRolloutChange(
  word: string,
  route: OpsRoute<{ rollout: string; why?: string }, RolloutView>,
): DefineCommand {
  return (command, context) => {
    command.argument('<rollout>', 'its id');
    addOperatorOptions(command, { why: 'optional' });
    addExample(addTargetOptions(command).addOption(jsonOption()), `rollout ${word} activation-3f9a02c1b7d4`);
    command.action((rollout: string, options: RolloutOptions) =>
      changeAndShow(context, options, route, { rollout, ...optionalWhy(options) }),
    );
  };
}

/** licenser rollout approve ID --why REASON */
export function defineRolloutApproval(
  route: OpsRoute<{ rollout: string; why: string }, RolloutView>,
): DefineCommand {
  return (command, context) => {
    command.argument('<rollout>', 'its id');
    addOperatorOptions(command, { why: 'required' });
    addExample(
      addTargetOptions(command).addOption(jsonOption()),
      'rollout approve activation-3f9a02c1b7d4 --why "agreed with HR"',
      'rollout approve activation-3f9a02c1b7d4 --as approver --why "agreed with HR"',
    );
    command.action((rollout: string, options: RolloutOptions) =>
      changeAndShow(context, options, route, { rollout, ...requiredWhy(options) }),
    );
  };
}
