import { Option } from 'commander';
import { releaseExceptions } from '../../../shared/ops/exceptions/make-exception';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { addOperatorOptions, operatorOf, refuseAzure } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import type { DefineCommand } from '../../program';
import { renderWouldDecide } from '../../render/render-would-decide';
import { jsonOption } from '../../options/rule-options';
import { addTargetOptions, withTarget } from '../../target/target';
import type { TargetOptions } from '../../target/target';

type Options = TargetOptions & OperatorOptions & { readonly json?: true; readonly sku?: string };

/** licenser exception release USER */
export const define: DefineCommand = (command, { io }) => {
  command
    .argument('<user>', 'id or userPrincipalName')
    .addOption(new Option('--sku <sku>', 'only the extra license of this SKU'));
  addOperatorOptions(command, { why: 'optional' });
  addExample(
    addTargetOptions(command).addOption(jsonOption()),
    'exception release ann.bakker@contoso.com --why "project is over"',
  );
  command.action(async (user: string, { sku, ...options }: Options) => {
    refuseAzure(options, 'exception release');
    const released = await withTarget(options, ({ pipeline }) =>
      releaseExceptions(pipeline, { user, ...(sku === undefined ? {} : { sku }) }, operatorOf(options)),
    );
    if (options.json) printJson(io, released);
    else {
      const stays = released.undoStays ? 'The undo stays: licenser undo --release ends it.\n' : '';
      io.print(`Released: ${released.released.join(', ')}.\n${renderWouldDecide(released.next)}\n${stays}`);
    }
  });
};
