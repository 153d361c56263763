import { Option } from 'commander';
import { UserError } from '../../../shared/kernel/errors';
import { neverTouch } from '../../../shared/ops/exceptions/make-exception';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { addOperatorOptions, operatorWithReason, refuseAzure } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import type { DefineCommand } from '../../program';
import { renderException } from '../../render/render-exception';
import { jsonOption } from '../../options/rule-options';
import { addTargetOptions, withTarget } from '../../target/target';
import type { TargetOptions } from '../../target/target';
import { comingTime } from '../../options/time-option';

type Options = TargetOptions &
  OperatorOptions & { readonly json?: true; readonly neverTouch?: true; readonly until?: number };

/** licenser exception set USER --never-touch --why REASON */
export const define: DefineCommand = (command, { io }) => {
  command
    .argument('<user>', 'id or userPrincipalName')
    .addOption(new Option('--never-touch', 'nothing is written to this user, whatever the policy says'))
    .addOption(
      new Option('--until <time>', 'ISO 8601, or how long (30d); default: until released').argParser(
        comingTime,
      ),
    );
  addOperatorOptions(command, { why: 'required' });
  addExample(
    addTargetOptions(command).addOption(jsonOption()),
    'exception set ann.bakker@contoso.com --never-touch --why "legal hold"',
  );
  command.action(async (user: string, { until, neverTouch: wanted, ...options }: Options) => {
    refuseAzure(options, 'exception set');
    if (!wanted) {
      throw new UserError('cli/usage', 'Say what the exception is: --never-touch', {
        hint: 'An extra license is given by `licenser exception grant`.',
      });
    }
    const made = await withTarget(options, ({ pipeline }) =>
      neverTouch(pipeline, { user, until: until ?? null }, operatorWithReason(options)),
    );
    if (options.json) printJson(io, made);
    else io.print(renderException(made));
  });
};
