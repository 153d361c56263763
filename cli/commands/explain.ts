import { explainUser } from '../../shared/ops-api/routes/users';
import { explainLicenses } from '../../shared/ops/users/explain-user';
import { addExample } from '../options/add-example';
import { printJson } from '../io';
import type { DefineCommand } from '../program';
import { readPolicyOption } from '../options/read-policy-option';
import { renderUserExplanation } from '../render/render-explanation';
import { jsonOption } from '../options/rule-options';
import { addReadOptions, readRoute } from '../target/read-route';
import type { ReadOptions } from '../target/read-route';
import { withLookTarget } from '../target/target';

type Options = ReadOptions & { readonly policy?: string; readonly json?: true };

/** licenser explain USER [--policy FILE] */
export const define: DefineCommand = (command, { io }) => {
  command
    .argument('<user>', 'id or userPrincipalName')
    .option('--policy <file>', "an edited policy instead of the user's own");
  addExample(
    addReadOptions(command, { fromTenant: true }).addOption(jsonOption()),
    'explain ann.bakker@contoso.com',
    'explain ann.bakker@contoso.com --policy policy/licensing.yaml',
  );
  command.action(async (idOrUpn: string, options: Options) => {
    const policy = await readPolicyOption(io, options.policy);
    const view =
      policy === undefined
        ? await readRoute(options, io, explainUser, { user: idOrUpn })
        : await withLookTarget(options, io, ({ pipeline }) => explainLicenses(pipeline, idOrUpn, policy));
    if (options.json) printJson(io, view);
    else io.print(renderUserExplanation(view));
  });
};
