import { showUser } from '../../../shared/ops-api/routes/users';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { renderUser } from '../../render/render-user';
import { jsonOption } from '../../options/rule-options';
import { addReadOptions, readRoute } from '../../target/read-route';
import type { ReadOptions } from '../../target/read-route';

type Options = ReadOptions & { readonly json?: true };

/** licenser user show USER */
export const define: DefineCommand = (command, { io }) => {
  command.argument('<user>', 'id or userPrincipalName');
  addExample(
    addReadOptions(command, { fromTenant: true }).addOption(jsonOption()),
    'user show ann.bakker@contoso.com',
  );
  command.action(async (idOrUpn: string, options: Options) => {
    const view = await readRoute(options, io, showUser, { user: idOrUpn });
    if (options.json) printJson(io, view);
    else io.print(renderUser(view));
  });
};
