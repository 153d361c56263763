import { createRequire } from 'node:module';
import { Option } from 'commander';
import { microsoftConflicts } from '../../../shared/licensing/service-plans/known-conflicts';
import { describeUnseen, findUnseen } from '../../../shared/ops/rights/try-calls';
import { checkAgainstTenant } from '../../../shared/pipeline/sources/check-against-tenant';
import { checkPolicy } from '../../../shared/policy/check-policy';
import type { CheckedPolicy } from '../../../shared/policy/check-policy';
import type { Policy } from '../../../shared/policy/policy';
import type { Problem } from '../../../shared/policy/problem';
import { printJson, readTextFile } from '../../io';
import type { Io } from '../../io';
import type { DefineCommand } from '../../program';
import { renderProblems } from '../../render/render-problems';
import { visibleFacts } from '../../visible-text';
import { jsonOption } from '../../options/rule-options';
import { addSignInOptions } from '../../target/tenant/tenant-options';
import { readSkus } from '../../target/tenant-skus';
import type { SkuSource } from '../../target/tenant-skus';
import type * as targetModule from '../../target/target';

const load = createRequire(__filename);

type Options = SkuSource & { readonly json?: true };

/** licenser policy check FILE */
export const define: DefineCommand = (command, { io, exit }) => {
  command
    .argument('<file>', 'a policy file')
    .option('--catalogue <file>', 'check names against this answer of GET /subscribedSkus')
    .addOption(
      new Option('--target <tenant>', 'check names against a tenant').choices(['local', 'azure', 'tenant']),
    )
    .addOption(new Option('--cloud-file <file>', 'file of the running embedded cloud').hideHelp())
    .addOption(jsonOption());
  addSignInOptions(command).action(async (file: string, options: Options) => {
    const text = await readTextFile(io, file);
    const checked = await checkNames(io, text, file, options);
    const { policy, namesChecked } = checked;
    const extensions = await checkExtensions(io, text, policy, options);
    const problems = [...checked.problems, ...extensions.map((problem) => ({ ...problem, file }))];
    const valid = policy !== null;
    if (options.json) {
      printJson(io, { file, valid, hash: policy?.hash ?? null, namesChecked, problems });
    } else {
      const errors = problems.filter((problem) => problem.severity === 'error').length;
      const warnings = problems.length - errors;
      io.print(renderProblems(visibleFacts(problems)));
      io.print(
        `${file}: ${valid ? 'valid' : 'not valid'}, ${count(errors, 'error')}, ${count(warnings, 'warning')}\n`,
      );
      if (!namesChecked) {
        io.print(
          'Names of SKUs, plans and groups were not checked against a tenant (--target does; --catalogue for SKUs and plans).\n',
        );
      }
    }
    if (!valid) exit(1);
  });
};

/** With a tenant its groups are asked for too; a file with SKUs says nothing of groups. */
async function checkNames(io: Io, text: string, file: string, options: Options): Promise<CheckedPolicy> {
  if (options.catalogue === undefined && options.target !== undefined) {
    const target = load('../../target/target') as typeof targetModule;
    return target.withLookTarget(options, io, ({ pipeline }) =>
      checkAgainstTenant(pipeline.directory, text, file),
    );
  }
  const skus = await readSkus(io, options);
  return checkPolicy(text, {
    file,
    servicePlanConflicts: microsoftConflicts,
    ...(skus === undefined ? {} : { skus }),
  });
}

/** With --target: whether the directory spells extension properties as the policy does. */
async function checkExtensions(
  io: Io,
  text: string,
  policy: Policy | null,
  options: Options,
): Promise<Problem[]> {
  const extensions = [...(policy?.needs.properties ?? [])].filter((name) => /^extension_/i.test(name));
  if (policy === null || options.target === undefined || extensions.length === 0) return [];
  const target = load('../../target/target') as typeof targetModule;
  const unseen = await target.withLookTarget(options, io, ({ pipeline }) =>
    findUnseen(pipeline.directory, policy.needs),
  );
  return unseen.map((one) => {
    const before = text.slice(0, Math.max(0, text.indexOf(one[0]))).split('\n');
    const place = { line: before.length, column: (before.at(-1) ?? '').length + 1 };
    return {
      severity: 'warning',
      code: 'policy/extension-spelling',
      ...place,
      message: `${describeUnseen(one)}.`,
    };
  });
}

function count(number: number, what: string): string {
  return `${String(number)} ${what}${number === 1 ? '' : 's'}`;
}
