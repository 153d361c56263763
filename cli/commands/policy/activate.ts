import { activate } from '../../../shared/ops-api/routes/policies';
import { addExample } from '../../options/add-example';
import { printJson, readTextFile } from '../../io';
import { addOperatorOptions, optionalWhy } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import type { CommandContext, DefineCommand } from '../../program';
import { reportRefusal } from '../../render/refusal';
import { renderRollout } from '../../render/render-rollout';
import { jsonOption } from '../../options/rule-options';
import { withOps } from '../../target/ops-target';
import { addTargetOptions } from '../../target/target';

export type ActivateOptions = OperatorOptions & { readonly json?: true };

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
  const text = await readTextFile(io, file);
  const activated = await reportRefusal(context, () =>
    withOps(options, io, (ops) => ops.call(activate, { text, file, ...optionalWhy(options) })),
  );
  if (activated === undefined) return;
  const { warnings, ...done } = activated;
  for (const warning of warnings) io.complain(`warning: ${warning}\n`);
  if (options.json) printJson(io, done);
  else io.print(renderRollout(activated.rollout));
}
