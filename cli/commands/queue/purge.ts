import { purgeQueue } from '../../../shared/ops-api/routes/queues';
import { queueNames } from '../../../shared/queue/queues';
import { addExample } from '../../options/add-example';
import { addOperatorOptions, requiredWhy } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import { jsonOption } from '../../options/rule-options';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { renderApproval } from '../../render/render-long-operation';
import { withOps } from '../../target/ops-target';
import { addTargetOptions } from '../../target/target';

type Options = OperatorOptions & { readonly json?: true };

/** licenser queue purge QUEUE --why REASON */
export const define: DefineCommand = (command, { io }) => {
  command.argument('<queue>', Object.values(queueNames).join(', '));
  addOperatorOptions(command, { why: 'required' });
  addExample(
    addTargetOptions(command).addOption(jsonOption()),
    'queue purge directory-changes --why "messages of another system"',
  );
  command.action(async (queue: string, options: Options) => {
    const asked = await withOps(options, io, (ops) =>
      ops.ask(purgeQueue, { queue, ...requiredWhy(options) }),
    );
    if (options.json) printJson(io, asked.kind === 'approval' ? asked.approval : asked.answer);
    else if (asked.kind === 'approval') io.print(renderApproval(asked.approval));
    else io.print(`Deleted: ${String(asked.answer.purged)} dead letters of ${asked.answer.queue}.\n`);
  });
};
