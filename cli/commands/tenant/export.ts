import { randomUUID } from 'node:crypto';
import { Option } from 'commander';
import { planRuleLines } from '@auto-licenser/graph-emulator/catalogue';
import { UserError } from '../../../shared/kernel/errors';
import { plainCopy, pseudonymousCopy } from '../../../shared/tenant/export/copy-tenant';
import type { PseudonymousCopy } from '../../../shared/tenant/export/copy-tenant';
import { rewritePolicy } from '../../../shared/tenant/export/rewrite-policy';
import { pathsLookedInto } from '../../../shared/tenant/export/rewrite-rule';
import type { TenantFileLine } from '../../../shared/tenant/export/tenant-lines';
import type { Departments } from '../../../shared/tenant/export/user-values';
import { exportTenant, readExportPlan } from '../../../shared/tenant/read/export-tenant';
import type { ExportPlan, ExportProgress, ExportSummary } from '../../../shared/tenant/read/export-tenant';
import type { Policy } from '../../../shared/policy/policy';
import { printJson } from '../../io';
import type { Io } from '../../io';
import { addExample } from '../../options/add-example';
import { readPolicyFile } from '../../options/read-policy-option';
import { jsonOption } from '../../options/rule-options';
import type { DefineCommand } from '../../program';
import { makeCountLine } from '../../watch/count-line';
import { keepTenantReads } from '../../target/tenant/keep-tenant-reads';
import { addLookOptions, withLookTarget } from '../../target/target';
import type { LookTarget, TargetOptions } from '../../target/target';
import { isSameFile, refuseOverwriting } from '../../same-file';
import { visibleLine } from '../../visible-text';
import { writePrivateFile } from '../../write-private-file';
import { writeTenantFile } from '../../write-tenant-file';

type Options = TargetOptions & {
  readonly pseudonyms?: true;
  readonly departments?: Departments;
  readonly policy?: string;
  readonly policyOut?: string;
  readonly fresh?: true;
  readonly json?: true;
};

/** What `tenant export --json` prints. */
export type ExportedTenant = ExportSummary & {
  readonly file: string;
  readonly policy: string | null;
  /** Rules that are for no user of the copy, since they could not be carried over: of the policy by name, of dynamic groups their number. */
  readonly lostRules: { readonly policy: readonly string[]; readonly groups: number };
  /** With --departments keep: texts that stay, and those in which a name stands, each once; null: without it. */
  readonly departments: { readonly kept: number; readonly replaced: number } | null;
};

/** licenser tenant export FILE [--pseudonyms] [--policy IN --policy-out OUT] */
export const define: DefineCommand = (command, { io }) => {
  command
    .argument('<file>', 'the tenant file to write, which only you may read; .gz compresses it')
    .addOption(
      new Option(
        '--pseudonyms',
        'replace names, addresses, ids and texts of users and groups, each the same way',
      ),
    )
    .addOption(
      new Option(
        '--departments <how>',
        'with --pseudonyms: what becomes of departments, divisions, cost centers, job titles and kinds of employees (default: replace)',
      ).choices(['keep', 'replace']),
    )
    .addOption(
      new Option('--policy <in>', 'a policy that is to fit the copy; what its rules need is exported'),
    )
    .addOption(
      new Option('--policy-out <out>', 'where that policy is written, with the pseudonyms of the copy'),
    )
    .addOption(new Option('--fresh', 'with --target tenant: read anew what an interrupted export has read'));
  addExample(
    addLookOptions(command, 'what to copy').addOption(jsonOption()),
    'tenant export tenant.ndjson.gz --target tenant',
    'tenant export copy.ndjson.gz --target tenant --pseudonyms --policy my-policy.yaml --policy-out copy-policy.yaml',
  );
  command.action(async (file: string, options: Options) => {
    await checkOptions(file, options);
    const read = options.policy === undefined ? undefined : await readPolicyFile(io, options.policy);
    const line = process.stderr.isTTY ? makeCountLine(io.complain, io.now) : undefined;
    const kept = keepTenantReads(io, { isFresh: options.fresh === true, what: 'export' });
    const work = withLookTarget(
      { ...options, json: true },
      io,
      (target) =>
        write(target, { file, options, policy: read?.policy, text: read?.text, onProgress: line?.show }),
      kept.over,
    );
    const exported = await work.finally(() => line?.end());
    await kept.done();
    if (options.json) printJson(io, exported);
    else show(io, exported);
  });
};

async function checkOptions(
  file: string,
  { pseudonyms, departments, policy, policyOut }: Options,
): Promise<void> {
  if ((policy === undefined) !== (policyOut === undefined)) {
    throw new UserError('cli/usage', '--policy and --policy-out go together', {
      hint: 'Give --policy IN --policy-out OUT, or neither.',
    });
  }
  if (departments !== undefined && pseudonyms !== true) {
    throw new UserError('cli/usage', '--departments is for --pseudonyms');
  }
  if (policy === undefined || policyOut === undefined) return;
  if (await isSameFile(policyOut, file)) {
    throw new UserError('cli/usage', '--policy-out names the tenant file: give it a name of its own');
  }
  await refuseOverwriting('--policy-out', policyOut, { '--policy': policy });
  await refuseOverwriting('The tenant file', file, { '--policy': policy });
}

type WriteOptions = {
  readonly file: string;
  readonly options: Options;
  readonly policy: Policy | undefined;
  readonly text: string | undefined;
  readonly onProgress: ((progress: ExportProgress) => void) | undefined;
};

async function write(
  { pipeline, reads }: LookTarget,
  { file, options, policy, text, onProgress }: WriteOptions,
): Promise<ExportedTenant> {
  const plan = await readExportPlan(reads);
  const pseudonymous = options.pseudonyms
    ? pseudonymousCopy(options.departments ?? 'replace', lookedInto(plan, policy), freshId)
    : undefined;
  const copy = pseudonymous ?? plainCopy;
  const { lines, summary } = exportTenant({
    directory: pipeline.directory,
    reads,
    plan,
    copy,
    needed: policy?.needs.properties ?? [],
    newId: randomUUID,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  await writeTenantFile(file, withPlanRules(plan, lines), copy.finalLine);
  let lost: readonly string[] = [];
  if (options.policyOut !== undefined && text !== undefined && policy !== undefined) {
    for (const { user } of policy.tests) pseudonymous?.hearUser(user);
    const made = pseudonymous === undefined ? { text, lost } : rewrite(text, plan, pseudonymous);
    lost = made.lost;
    await writePrivateFile(options.policyOut, made.text);
  }
  return {
    ...summary,
    file,
    policy: options.policyOut ?? null,
    lostRules: { policy: lost, groups: pseudonymous?.lostRules() ?? 0 },
    departments:
      pseudonymous === undefined || options.departments !== 'keep' ? null : pseudonymous.values.counts(),
  };
}

/** Without three letters or five digits in a row: a name such as Ada, or an employee's number, stands in none by chance. */
function freshId(): string {
  for (;;) {
    const id = randomUUID();
    if (!/[a-f]{3}|\d{5}/.test(id)) return id;
  }
}

function lookedInto({ groups }: ExportPlan, policy: Policy | undefined): ReadonlySet<string> {
  const rules = [
    ...groups.map(({ membershipRule }) => membershipRule),
    policy?.scope?.source ?? null,
    ...(policy?.rules ?? []).map((rule) => rule.when?.source ?? null),
  ];
  return new Set(rules.flatMap((rule) => (rule === null ? [] : pathsLookedInto(rule))));
}

function rewrite(text: string, { skus }: ExportPlan, copy: PseudonymousCopy) {
  const products = new Set(
    skus
      .flatMap(({ skuId, skuPartNumber, servicePlans }) => [
        skuId,
        skuPartNumber,
        ...servicePlans.flatMap(({ servicePlanId, servicePlanName }) => [servicePlanId, servicePlanName]),
      ])
      .map((name) => name.toLowerCase()),
  );
  return rewritePolicy(text, { ...copy, products });
}

/** Graph does not tell which plans exclude or need each other: the copy gets what Microsoft documents. */
async function* withPlanRules(
  { skus }: ExportPlan,
  lines: AsyncIterable<TenantFileLine>,
): AsyncGenerator<TenantFileLine> {
  yield* lines;
  const owned = new Set(skus.flatMap((sku) => sku.servicePlans.map(({ servicePlanId }) => servicePlanId)));
  for (const line of planRuleLines()) {
    if (line.type === 'exclusive') {
      const servicePlanIds = line.servicePlanIds.filter((id) => owned.has(id));
      if (servicePlanIds.length > 1) yield { ...line, servicePlanIds };
    } else if (line.type === 'dependency' && owned.has(line.servicePlanId)) yield line;
  }
}

function show(io: Io, exported: ExportedTenant): void {
  const { file, policy, users, groups, skus, lostRules, departments } = exported;
  const { unreadableUsers, unlistedLicenses, otherMembers } = exported;
  const said = [
    `Written to ${file}: ${String(users)} users, ${String(groups)} groups, ${String(skus)} SKUs.`,
    ...(policy === null ? [] : [`The policy for it: ${policy}`]),
    ...(unreadableUsers === 0
      ? []
      : [`Left out: ${String(unreadableUsers)} users whom Graph gave unreadably.`]),
    ...(unlistedLicenses === 0
      ? []
      : [`Left out: ${String(unlistedLicenses)} licenses of SKUs that the tenant no longer lists.`]),
    ...(otherMembers === 0
      ? []
      : [
          `Left out: ${String(otherMembers)} members of groups that are neither users nor groups of the copy.`,
        ]),
    ...(departments === null
      ? []
      : [
          `Of departments, titles and the like ${String(departments.kept)} are as in the tenant; ${String(departments.replaced)} are replaced, since a name or an address stands in them.`,
        ]),
    ...(lostRules.policy.length === 0
      ? []
      : [`For no user of the copy, since they could not be carried over: ${lostRules.policy.join(', ')}.`]),
    ...(lostRules.groups === 0
      ? []
      : [
          `The same for the rules of ${String(lostRules.groups)} dynamic groups, whose members are copied as they are.`,
        ]),
    `Run it: npm start -- --tenant ${file}${policy === null ? '' : ` --policy ${policy}`}`,
  ];
  io.complain(`${said.map(visibleLine).join('\n')}\n`);
}
