import { Option } from 'commander';
import { UserError } from '../../../shared/kernel/errors';
import { startRollout } from '../../../shared/ops-api/routes/rollouts';
import { addExample } from '../../options/add-example';
import { addOperatorOptions, optionalWhy, requiredWhy } from '../../options/operator-options';
import type { DefineCommand } from '../../program';
import { changeAndShow } from './rollout-command';
import type { RolloutOptions } from './rollout-command';
import { jsonOption } from '../../options/rule-options';
import { addTargetOptions } from '../../target/target';
import { runActivate } from '../policy/activate';

type Options = RolloutOptions & {
  readonly policy?: string;
  readonly census?: true;
  readonly held?: true;
  readonly return?: string;
};

/** licenser rollout start --policy FILE | --census | --held | --return ID */
export const define: DefineCommand = (command, context) => {
  command
    .addOption(new Option('--policy <file>', 'activate this policy, as `policy activate` does'))
    .addOption(new Option('--census', 'set right what the active policy finds wrong today'))
    .addOption(new Option('--held', 'approve what guards have held back so far'))
    .addOption(new Option('--return <rollout>', 'take users of a cancelled activation back'));
  addOperatorOptions(command, { why: 'optional' });
  addExample(
    addTargetOptions(command).addOption(jsonOption()),
    'rollout start --policy policy/licensing.yaml',
    'rollout start --return activation-3f9a02c1b7d4',
  );
  command.action(async (options: Options) => {
    const { policy, census, held, return: returned } = options;
    if ([policy, census, held, returned].filter((each) => each !== undefined).length !== 1) {
      throw new UserError('cli/usage', 'Give --policy FILE, --census, --held or --return ID, one of them');
    }
    if (policy !== undefined) {
      await runActivate(context, policy, options);
      return;
    }
    const kind = census ? 'census' : held ? 'held' : 'return';
    const why = held ? requiredWhy(options) : optionalWhy(options);
    const input = { kind, ...(returned === undefined ? {} : { rollout: returned }), ...why } as const;
    await changeAndShow(context, options, startRollout, input);
  });
};
