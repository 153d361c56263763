import { replay } from '../../../shared/ops-api/routes/failures';
import type { Replayed } from '../../../shared/ops/failures/replay-failures';
import { addExample } from '../../options/add-example';
import { addSelectionOptions, selectionOf } from '../../options/failure-selection';
import type { SelectionOptions } from '../../options/failure-selection';
import { printJson } from '../../io';
import { addOperatorOptions, optionalWhy } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import type { DefineCommand } from '../../program';
import { renderTime } from '../../render/render-time';
import { jsonOption } from '../../options/rule-options';
import { withOps } from '../../target/ops-target';
import { addTargetOptions } from '../../target/target';

type Options = OperatorOptions & SelectionOptions & { readonly json?: true };

/** licenser failure replay [USER...] | --class CLASS | --all */
export const define: DefineCommand = (command, { io }) => {
  addOperatorOptions(addSelectionOptions(command), { why: 'optional' });
  addExample(
    addTargetOptions(command).addOption(jsonOption()),
    'failure replay ann.bakker@contoso.com',
    'failure replay --class seats --why "bought 500 seats"',
    'failure replay --all',
  );
  command.action(async (subjects: string[], options: Options) => {
    const selection = selectionOf(subjects, options);
    const replayed = await withOps(options, io, (ops) =>
      ops.call(replay, { ...selection, ...optionalWhy(options) }),
    );
    if (options.json) printJson(io, replayed);
    else io.print(renderReplayed(replayed));
  });
};

/** What a replay did, and the command that shows what comes of it. */
export function renderReplayed(replayed: Replayed): string {
  const { users, rollout, deadLetters, underWay, already, withoutUser } = replayed;
  const count = (number: number, one: string, many = `${one}s`) =>
    `${String(number)} ${number === 1 ? one : many}`;
  const lines = [
    ...(users.length === 0
      ? []
      : [
          `${count(users.length, 'user')} ${users.length === 1 ? 'is' : 'are'} looked at again and decided anew.`,
          rollout === null
            ? users.length === 1
              ? `What comes of it:\n  licenser user show ${users[0] ?? ''}`
              : 'How it goes:\n  licenser failure list'
            : `They are fed in portions, by rollout ${rollout}. How it goes:\n  licenser rollout show ${rollout}`,
        ]),
    ...(deadLetters === 0 ? [] : [`${count(deadLetters, 'dead letter')} taken back.`]),
    ...(underWay.length === 0
      ? []
      : [`${count(underWay.length, 'user')} left to an earlier replay that is still under way.`]),
    ...already.slice(0, 20).map(({ subject, at, by }) => {
      const when = at === null ? '' : `, ${renderTime(at).slice(0, 19)}`;
      return `${subject}: nothing is open any more (${by === null ? 'settled by an outcome' : `replayed by ${by}`}${when}).`;
    }),
    ...(already.length > 20 ? [`And ${String(already.length - 20)} more.`] : []),
    ...(withoutUser.length === 0
      ? []
      : [
          `${count(withoutUser.length, 'message')} cannot be read, so its user is not known: dismiss ${withoutUser.length === 1 ? 'it' : 'them'}.`,
        ]),
  ];
  return lines.length === 0 ? 'Nothing is open: there is nothing to replay.\n' : `${lines.join('\n')}\n`;
}
