import type { OpsRoute } from '../../../shared/ops-api/route';
import type { ApprovalView } from '../../../shared/ops-api/schemas';
import { addExample } from '../../options/add-example';
import { addOperatorOptions, optionalWhy, requiredWhy } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import { jsonOption } from '../../options/rule-options';
import { printJson } from '../../io';
import type { DefineCommand } from '../../program';
import { renderApproval } from '../../render/render-long-operation';
import { withOps } from '../../target/ops-target';
import { addTargetOptions } from '../../target/target';

type Options = OperatorOptions & { readonly json?: true };
type Decision =
  | { readonly why: 'required'; readonly route: OpsRoute<{ id: string; why: string }, ApprovalView> }
  | { readonly why: 'optional'; readonly route: OpsRoute<{ id: string; why?: string }, ApprovalView> };

/** licenser approval approve ID | approval reject ID --why REASON */
export function defineDecision(word: string, decision: Decision): DefineCommand {
  return (command, { io }) => {
    command.argument('<id>', 'of the request: licenser approval list');
    addOperatorOptions(command, decision);
    addExample(
      addTargetOptions(command).addOption(jsonOption()),
      `approval ${word} approval-3f9a02 --as approver --why "looked at the messages"`,
    );
    command.action(async (id: string, options: Options) => {
      const decided = await withOps(options, io, (ops) =>
        decision.why === 'required'
          ? ops.call(decision.route, { id, ...requiredWhy(options) })
          : ops.call(decision.route, { id, ...optionalWhy(options) }),
      );
      if (options.json) printJson(io, decided);
      else io.print(renderApproval(decided));
    });
  };
}
