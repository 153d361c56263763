import { UserError } from '../../../shared/kernel/errors';
import { forgetConflict, showConflicts } from '../../../shared/ops-api/routes/tenant';
import type { LearntConflictView } from '../../../shared/ops/skus/learnt-conflicts';
import { addExample } from '../../options/add-example';
import { printJson } from '../../io';
import { addOperatorOptions, optionalWhy } from '../../options/operator-options';
import type { OperatorOptions } from '../../options/operator-options';
import type { DefineCommand } from '../../program';
import { paint } from '../../render/paint';
import { renderTime } from '../../render/render-time';
import { labeled } from '../../render/wrap-text';
import { jsonOption } from '../../options/rule-options';
import { withOps } from '../../target/ops-target';
import { addReadOptions, readRoute } from '../../target/read-route';
import type { ReadOptions } from '../../target/read-route';

type Options = ReadOptions & OperatorOptions & { readonly json?: true; readonly forget?: readonly string[] };

/** licenser sku conflicts [--forget PLAN PLAN] */
export const define: DefineCommand = (command, { io }) => {
  command.option(
    '--forget <plans...>',
    'forget what was learnt of these two plans, or of a SKU: names or ids',
  );
  addOperatorOptions(addReadOptions(command, { fromTenant: true }).addOption(jsonOption()), {
    why: 'optional',
  });
  addExample(command, 'sku conflicts', 'sku conflicts --forget PLAN_A PLAN_B --why "Microsoft fixed it"');
  command.action(async (options: Options) => {
    const { forget } = options;
    if (forget === undefined) {
      const rules = await readRoute(options, io, showConflicts, {});
      if (options.json) printJson(io, rules);
      else io.print(renderLearntRules(rules));
      return;
    }
    const [plan, other, ...rest] = forget;
    if (plan === undefined || rest.length > 0) {
      throw new UserError('cli/two-plans', '--forget takes two plans, or a SKU');
    }
    const done = await withOps(options, io, (ops) =>
      ops.call(forgetConflict, { plan, ...(other === undefined ? {} : { other }), ...optionalWhy(options) }),
    );
    if (options.json) printJson(io, done);
    else {
      const users = done.users === 1 ? '1 blocked user is' : `${String(done.users)} blocked users are`;
      io.print(`Forgotten. ${users} looked at again in half a minute.\n`);
    }
  });
};

/** Learnt conflicts, each with Graph’s own words. */
export function renderLearntRules(rules: readonly LearntConflictView[]): string {
  if (rules.length === 0) {
    return 'Nothing was learnt: Graph has refused no pair of plans beyond those that Microsoft publishes, and no SKU.\n';
  }
  const blocks = rules.map(({ kind, plans, skus, learntAt, text, requestId }) => {
    const [first = '', ...rest] = plans.map(({ servicePlanName }) => servicePlanName);
    const titles = {
      conflict: `${first} excludes ${rest.join(', ')}`,
      dependency: `${first} needs ${rest.join(' or ')}`,
      unassignable: `${skus.join()} cannot be assigned by administrators`,
    };
    const title = titles[kind];
    return [
      paint('bold', title),
      labeled('  SKUs', skus.join(', ')),
      labeled('  learnt', `${renderTime(learntAt)} (UTC)`),
      labeled('  Graph', text),
      ...(requestId === null ? [] : [labeled('  request', requestId)]),
    ].join('\n');
  });
  return `${blocks.join('\n\n')}\n`;
}
