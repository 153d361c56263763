import { Option } from 'commander';
import { releaseException } from '../../../shared/ops-api/routes/users';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { addOperatorOptions, optionalWhy } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import type { DefineCommand } from '../../program';
import { renderWouldDecide } from '../../render/render-would-decide';
import { jsonOption } from '../../options/rule-options';
import { withOps } from '../../target/ops-target';
import { addTargetOptions } from '../../target/target';

type Options = OperatorOptions & { readonly json?: true; readonly sku?: string };

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
    const released = await withOps(options, io, (ops) =>
      ops.call(releaseException, { user, ...(sku === undefined ? {} : { sku }), ...optionalWhy(options) }),
    );
    if (options.json) printJson(io, released);
    else {
      const stays = released.undoStays ? 'The undo stays: licenser undo --release ends it.\n' : '';
      io.print(`Released: ${released.released.join(', ')}.\n${renderWouldDecide(released.next)}\n${stays}`);
    }
  });
};
