import { dismiss } from '../../../shared/ops-api/routes/failures';
import type { Dismissed } from '../../../shared/ops/failures/dismiss-failures';
import { addExample } from '../../options/add-example';
import { addSelectionOptions, selectionOf } from '../../options/failure-selection';
import type { SelectionOptions } from '../../options/failure-selection';
import { printJson } from '../../io';
import { addOperatorOptions, requiredWhy } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import type { DefineCommand } from '../../program';
import { jsonOption } from '../../options/rule-options';
import { withOps } from '../../target/ops-target';
import { addTargetOptions } from '../../target/target';

type Options = OperatorOptions & SelectionOptions & { readonly json?: true };

/** licenser failure dismiss [USER...] | --class CLASS | --all --why REASON */
export const define: DefineCommand = (command, { io }) => {
  addOperatorOptions(addSelectionOptions(command), { why: 'required' });
  addExample(
    addTargetOptions(command).addOption(jsonOption()),
    'failure dismiss ann.bakker@contoso.com --why "leaves on Friday"',
    'failure dismiss --class unreadable --why "a test that went astray"',
  );
  command.action(async (subjects: string[], options: Options) => {
    const selection = selectionOf(subjects, options);
    const dismissed = await withOps(options, io, (ops) =>
      ops.call(dismiss, { ...selection, ...requiredWhy(options) }),
    );
    if (options.json) printJson(io, dismissed);
    else io.print(renderDismissed(dismissed));
  });
};

/** What was dismissed, and what was left with the reason. */
export function renderDismissed({ changed, left }: Dismissed): string {
  const lines = [
    changed.length === 0
      ? 'Nothing open was there to dismiss.'
      : `Dismissed: ${String(changed.length)}. What goes on failing is on the list again after a day.`,
    ...left.slice(0, 20).map(({ why }) => `${why}.`),
    ...(left.length > 20 ? [`And ${String(left.length - 20)} more.`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
