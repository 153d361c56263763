import { Option } from 'commander';
import { UserError } from '../../../shared/kernel/errors';
import { makeException } from '../../../shared/ops-api/routes/users';
import { isoTime } from '../../../shared/kernel/clock';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { addOperatorOptions, requiredWhy } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import type { DefineCommand } from '../../program';
import { renderException } from '../../render/render-exception';
import { jsonOption } from '../../options/rule-options';
import { withOps } from '../../target/ops-target';
import { addTargetOptions } from '../../target/target';
import { comingTime } from '../../options/time-option';

type Options = OperatorOptions & {
  readonly json?: true;
  readonly neverTouch?: true;
  readonly until?: number;
};

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
    if (!wanted) {
      throw new UserError('cli/usage', 'Say what the exception is: --never-touch', {
        hint: 'An extra license is given by `licenser exception grant`.',
      });
    }
    const made = await withOps(options, io, (ops) =>
      ops.call(makeException, {
        user,
        kind: 'neverTouch',
        ...(until === undefined ? {} : { until: isoTime(until) }),
        ...requiredWhy(options),
      }),
    );
    if (options.json) printJson(io, made);
    else io.print(renderException(made));
  });
};
