import { Option } from 'commander';
import { UserError } from '../../shared/kernel/errors';
import type { PlanSelection } from '../../shared/ops/preview/make-preview';
import { listPauses } from '../../shared/ops/pauses/list-pauses';
import { showPreview } from '../../shared/ops/preview/show-preview';
import { addExample } from '../options/add-example';
import { printJson } from '../io';
import { wholeNumber } from '../options/number-option';
import type { DefineCommand } from '../program';
import { readPolicyOption } from '../options/read-policy-option';
import { makeProgressBar } from '../render/progress-bar';
import { planCsvParts } from '../render/render-csv';
import { renderPlan } from '../render/render-plan';
import { jsonOption } from '../options/rule-options';
import { keepTenantReads } from '../target/tenant/keep-tenant-reads';
import { addLookOptions, withLookTarget } from '../target/target';
import type { TargetOptions } from '../target/target';
import { warnOfOldPauses } from '../watch/warn-old-pauses';

type Options = TargetOptions & {
  readonly user?: readonly string[];
  readonly group?: string;
  readonly all?: true;
  readonly policy?: string;
  readonly limit: number;
  readonly csv?: true;
  readonly fresh?: true;
  readonly json?: true;
};

/** licenser plan [--user U.. | --group G | --all] [--policy FILE] */
export const define: DefineCommand = (command, { io, exit }) => {
  command
    .addOption(new Option('--user <user...>', 'ids or userPrincipalNames'))
    .addOption(new Option('--group <group>', 'name or id of a group; members of groups inside it too'))
    .addOption(new Option('--all', 'everybody (default)'))
    .addOption(
      new Option('--policy <file>', 'an edited policy, for everybody (default: each user by their own)'),
    )
    .addOption(
      new Option('--limit <users>', 'show at most so many users')
        .argParser(wholeNumber(0, 1_000_000))
        .default(100),
    )
    .addOption(new Option('--csv', 'one line a user, for a spreadsheet').conflicts('json'))
    .addOption(new Option('--fresh', 'with --target tenant: read anew what an interrupted plan has read'));
  addExample(
    addLookOptions(command).addOption(jsonOption()),
    'plan --policy policy/licensing.yaml',
    'plan --group SG-Sales',
    'plan --user ann.bakker@contoso.com',
    'plan --csv > plan.csv',
    'plan --target tenant --policy my-policy.yaml',
  );
  command.action(async (options: Options) => {
    const selection = toSelection(options);
    const policy = await readPolicyOption(io, options.policy);
    const bar = process.stderr.isTTY ? makeProgressBar(io.complain, io.now) : undefined;
    // Some users are read in a few seconds: nothing of them is worth keeping.
    const kept =
      selection.kind === 'users' ? undefined : keepTenantReads(io, { isFresh: options.fresh === true });
    const work = withLookTarget(
      options,
      io,
      async ({ pipeline, reads }) => {
        const expected = bar === undefined ? undefined : await reads.countUsers();
        const total = selection.kind === 'all' ? (expected ?? null) : null;
        return {
          pauses: await listPauses(pipeline),
          view: await showPreview(pipeline, {
            selection,
            ...(policy === undefined ? {} : { policy }),
            ...(bar === undefined
              ? {}
              : { onProgress: (progress) => bar.show({ ...progress, total: progress.total ?? total }) }),
          }),
        };
      },
      kept?.over,
    );
    const { view, pauses } = await work.finally(() => bar?.end());
    await kept?.done();
    if (options.json) printJson(io, view);
    else if (options.csv) for (const part of planCsvParts(view)) io.print(part);
    else io.print(renderPlan(view, options.limit));
    warnOfOldPauses(io, pauses, options.json === true || options.csv === true);
    if (view.unknown.length > 0) exit(1);
  });
};

function toSelection({ user, group, all }: Options): PlanSelection {
  if ([user, group, all].filter((each) => each !== undefined).length > 1) {
    throw new UserError('cli/usage', 'Give --user USER, --group GROUP or --all, one of the three at most');
  }
  if (user !== undefined) return { kind: 'users', users: user };
  return group === undefined ? { kind: 'all' } : { kind: 'group', group };
}
