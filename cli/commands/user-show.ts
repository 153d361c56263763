import { showUser } from '../../shared/ops/show-user';
import { addExample } from '../add-example';
import { printJson } from '../io';
import type { DefineCommand } from '../program';
import { renderUser } from '../render/render-user';
import { jsonOption } from '../rule-options';
import { addTargetOptions, withTarget } from '../target';
import type { TargetOptions } from '../target';

type Options = TargetOptions & { readonly json?: true };

/** licenser user show USER */
export const defineUserShow: DefineCommand = (command, { io }) => {
  command.argument('<user>', 'id or userPrincipalName');
  addExample(addTargetOptions(command).addOption(jsonOption()), 'user show ann.bakker@contoso.com');
  command.action(async (idOrUpn: string, options: Options) => {
    const view = await withTarget(options, ({ pipeline }) => showUser(pipeline, idOrUpn));
    if (options.json) printJson(io, view);
    else io.print(renderUser(view));
  });
};
