import { forgetUser } from '../../../shared/ops-api/routes/users';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { addOperatorOptions, requiredWhy } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import type { DefineCommand } from '../../program';
import { jsonOption } from '../../options/rule-options';
import { withOps } from '../../target/ops-target';
import { addTargetOptions } from '../../target/target';

type Options = OperatorOptions & { readonly json?: true };

/** licenser user forget USER --why REASON */
export const define: DefineCommand = (command, { io }) => {
  command.argument('<user>', 'id or former userPrincipalName of a user who has left the directory');
  addOperatorOptions(command, { why: 'required' });
  addExample(
    addTargetOptions(command).addOption(jsonOption()),
    'user forget ann.bakker@contoso.com --as approver --why "request for erasure 4711"',
  );
  command.action(async (user: string, options: Options) => {
    const forgotten = await withOps(options, io, (ops) =>
      ops.call(forgetUser, { user, ...requiredWhy(options) }),
    );
    if (options.json) {
      printJson(io, forgotten);
      return;
    }
    const { userId, rows, texts } = forgotten;
    if (userId === null) {
      io.print(
        'Nothing is stored of such a user: forgotten already, by an attempt before, or never known.\n',
      );
      return;
    }
    const tables = Object.entries(rows).map(([table, count]) => `${table} ${String(count)}`);
    const named = texts === 0 ? '' : `, and the name in ${String(texts)} entries of the audit`;
    io.print(`Forgotten: ${userId}. Deleted rows: ${tables.join(', ') || 'none'}${named}.\n`);
  });
};
