import { listFailures } from '../../shared/ops/list-failures';
import type { FailureView } from '../../shared/ops/list-failures';
import { addExample } from '../add-example';
import { printJson } from '../io';
import type { DefineCommand } from '../program';
import { paint } from '../render/paint';
import { renderTime } from '../render/render-time';
import { labeled } from '../render/wrap-text';
import { jsonOption } from '../rule-options';
import { addTargetOptions, withTarget } from '../target';
import type { TargetOptions } from '../target';

type Options = TargetOptions & { readonly json?: true };

/** licenser failure list */
export const defineFailureList: DefineCommand = (command, { io }) => {
  addExample(addTargetOptions(command).addOption(jsonOption()), 'failure list', 'failure list --json');
  command.action(async (options: Options) => {
    const failures = await withTarget(options, ({ inspector, pipeline }) =>
      listFailures(pipeline, inspector()),
    );
    if (options.json) printJson(io, failures);
    else io.print(renderFailures(failures));
  });
};

export function renderFailures(failures: readonly FailureView[]): string {
  if (failures.length === 0) return 'Nothing was given up on, and there are no dead letters.\n';
  const blocks = failures.map((failure) => {
    const times = `${String(failure.count)} ${failure.count === 1 ? 'time' : 'times'}`;
    const what = failure.kind === 'failure' ? 'failure' : `dead letter of ${failure.queue ?? ''}`;
    return [
      paint('bold', failure.userPrincipalName ?? failure.userId ?? failure.messageId ?? 'unknown'),
      labeled('  what', `${what}: ${failure.class}, ${times}`),
      ...(failure.lastAt === null ? [] : [labeled('  last', `${renderTime(failure.lastAt)} (UTC)`)]),
      labeled('  why', failure.reason),
      labeled('  to do', failure.repair),
    ].join('\n');
  });
  const count = failures.length === 1 ? '1 entry' : `${String(failures.length)} entries`;
  return `${blocks.join('\n\n')}\n\n${count}\n`;
}
