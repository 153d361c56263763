import { Option } from 'commander';
import { UserError } from '../../shared/kernel/errors';
import { isoTime } from '../../shared/kernel/clock';
import { releaseUndone, undo } from '../../shared/ops-api/routes/users';
import { describeLicense } from '../../shared/ops/exceptions/undo-user';
import type { Undone } from '../../shared/ops/exceptions/undo-user';
import { addExample } from '../options/add-example';
import { printJson } from '../io';
import { addOperatorOptions, optionalWhy } from '../options/operator-options';
import type { OperatorOptions } from '../options/operator-options';
import type { DefineCommand } from '../program';
import { renderTime } from '../render/render-time';
import { renderWouldDecide } from '../render/render-would-decide';
import { labeled } from '../render/wrap-text';
import { jsonOption } from '../options/rule-options';
import { withOps } from '../target/ops-target';
import { addTargetOptions } from '../target/target';
import { comingTime, pastTime } from '../options/time-option';

type Options = OperatorOptions & {
  readonly json?: true;
  readonly to?: number;
  readonly until?: number;
  readonly release?: true;
};

/** licenser undo USER --to TIME | --release */
export const define: DefineCommand = (command, { io }) => {
  command
    .argument('<user>', 'id or userPrincipalName')
    .addOption(
      new Option('--to <time>', 'back to what was held then: ISO 8601, or how long ago (90m, 2d)').argParser(
        pastTime,
      ),
    )
    .addOption(
      new Option(
        '--until <time>',
        'the policy decides again from then on (default: until released)',
      ).argParser(comingTime),
    )
    .addOption(new Option('--release', 'lift the pin: the policy decides again').conflicts(['to', 'until']));
  addOperatorOptions(command, { why: 'optional' });
  addExample(
    addTargetOptions(command).addOption(jsonOption()),
    'undo ann.bakker@contoso.com --to 2026-11-22T09:00:00Z --why "wrong department"',
    'undo ann.bakker@contoso.com --to 2h --until 7d',
    'undo --release ann.bakker@contoso.com',
  );
  command.action(async (user: string, { to, until, release, ...options }: Options) => {
    const why = optionalWhy(options);
    if (release) {
      const released = await withOps(options, io, (ops) => ops.call(releaseUndone, { user, ...why }));
      if (options.json) printJson(io, released);
      else io.print(`Released: the policy decides again.\n${renderWouldDecide(released.next)}\n`);
      return;
    }
    if (to === undefined) throw new UserError('cli/usage', 'Give --to TIME, or --release');
    const back = { user, to: isoTime(to), ...(until === undefined ? {} : { until: isoTime(until) }), ...why };
    const undone = await withOps(options, io, (ops) => ops.call(undo, back));
    if (options.json) printJson(io, undone);
    else io.print(renderUndone(undone));
  });
};

/** What a user is taken back to, until when, and how to release it. */
export function renderUndone({ userId, userPrincipalName, to, until, licenses, next }: Undone): string {
  const lines = licenses.map((license, index) =>
    labeled(
      index === 0 ? 'held' : '',
      `${describeLicense(license)}${license.isChangedSince ? '' : ' (as now)'}`,
    ),
  );
  return `${[
    `${userPrincipalName ?? userId}: back to ${renderTime(to)} (UTC)`,
    ...lines,
    renderWouldDecide(next),
    labeled('until', until === null ? 'it is released' : `${renderTime(until)} (UTC)`),
  ].join('\n')}\n\nRelease it: licenser undo --release ${userPrincipalName ?? userId}\n`;
}
