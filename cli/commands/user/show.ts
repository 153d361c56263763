import { showUser } from '../../../shared/ops/users/show-user';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { renderUser } from '../../render/render-user';
import { jsonOption } from '../../options/rule-options';
import { addTargetOptions, withTarget } from '../../target/target';
import type { TargetOptions } from '../../target/target';

type Options = TargetOptions & { readonly json?: true };

/** licenser user show USER */
export const define: DefineCommand = (command, { io }) => {
  command.argument('<user>', 'id or userPrincipalName');
  addExample(addTargetOptions(command).addOption(jsonOption()), 'user show ann.bakker@contoso.com');
  command.action(async (idOrUpn: string, options: Options) => {
    const view = await withTarget(options, ({ pipeline }) => showUser(pipeline, idOrUpn));
    if (options.json) printJson(io, view);
    else io.print(renderUser(view));
  });
};
