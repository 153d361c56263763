import { activatePolicy } from '../../../shared/ops/rollouts/activate-policy';
import { showRollout } from '../../../shared/ops/rollouts/show-rollout';
import { addExample } from '../../options/add-example';
import { printJson, readTextFile } from '../../io';
import { addOperatorOptions, operatorOf, refuseAzure } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import type { CommandContext, DefineCommand } from '../../program';
import { reportRefusal } from '../../render/refusal';
import { renderRollout } from '../../render/render-rollout';
import { jsonOption } from '../../options/rule-options';
import { addTargetOptions, withTarget } from '../../target/target';
import type { TargetOptions } from '../../target/target';

export type ActivateOptions = TargetOptions & OperatorOptions & { readonly json?: true };

/** licenser policy activate FILE */
export const define: DefineCommand = (command, context) => {
  command.argument('<file>', 'a policy file');
  addOperatorOptions(command, { why: 'optional' });
  addExample(
    addTargetOptions(command).addOption(jsonOption()),
    'policy activate policy/licensing.yaml --why "interns get F1"',
  );
  command.action((file: string, options: ActivateOptions) => runActivate(context, file, options));
};

/** Also `rollout start --policy FILE`. */
export async function runActivate(
  context: CommandContext,
  file: string,
  options: ActivateOptions,
): Promise<void> {
  const { io } = context;
  refuseAzure(options, 'policy activate');
  const text = await readTextFile(io, file);
  await reportRefusal(context, () =>
    withTarget(options, async ({ pipeline }) => {
      const { rollout, plan, warnings } = await activatePolicy(pipeline, { text, file }, operatorOf(options));
      for (const warning of warnings) io.complain(`warning: ${warning}\n`);
      const view = await showRollout(pipeline, rollout.id);
      if (options.json) printJson(io, { rollout: view, users: plan.users, outcomes: plan.outcomes });
      else io.print(renderRollout(view));
    }),
  );
}
