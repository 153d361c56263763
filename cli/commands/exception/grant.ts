import { Option } from 'commander';
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
  readonly sku: string;
  readonly disable?: readonly string[];
  readonly until: number;
};

/** licenser exception grant USER --sku SKU --until DATE --why REASON */
export const define: DefineCommand = (command, { io }) => {
  command
    .argument('<user>', 'id or userPrincipalName')
    .addOption(new Option('--sku <sku>', 'name or id of the SKU').makeOptionMandatory())
    .addOption(new Option('--disable <plan...>', 'plans that stay off'))
    .addOption(
      new Option('--until <time>', 'it goes then: ISO 8601, or how long (30d)')
        .argParser(comingTime)
        .makeOptionMandatory(),
    );
  addOperatorOptions(command, { why: 'required' });
  addExample(
    addTargetOptions(command).addOption(jsonOption()),
    'exception grant ann.bakker@contoso.com --sku VISIOCLIENT --until 30d --why "project Atlas"',
  );
  command.action(async (user: string, { sku, disable = [], until, ...options }: Options) => {
    const made = await withOps(options, io, (ops) =>
      ops.call(makeException, {
        user,
        kind: 'extra',
        sku,
        disable: [...disable],
        until: isoTime(until),
        ...requiredWhy(options),
      }),
    );
    if (options.json) printJson(io, made);
    else io.print(renderException(made));
  });
};
