import { createRequire } from 'node:module';
import { Option } from 'commander';
import { microsoftConflicts } from '../../../shared/licensing/service-plans/known-conflicts';
import { checkAgainstTenant } from '../../../shared/pipeline/sources/check-against-tenant';
import { checkPolicy } from '../../../shared/policy/check-policy';
import type { CheckedPolicy } from '../../../shared/policy/check-policy';
import type * as target from '../../target/target';
import type { Io } from '../../io';
import { printJson, readTextFile } from '../../io';
import type { DefineCommand } from '../../program';
import { renderProblems } from '../../render/render-problems';
import { jsonOption } from '../../options/rule-options';
import { readSkus } from '../../target/tenant-skus';
import type { SkuSource } from '../../target/tenant-skus';

const load = createRequire(__filename);

type Options = SkuSource & { readonly json?: true };

/** licenser policy check FILE */
export const define: DefineCommand = (command, { io, exit }) => {
  command
    .argument('<file>', 'a policy file')
    .option('--catalogue <file>', 'check names against this answer of GET /subscribedSkus')
    .addOption(new Option('--target <tenant>', 'check names against a tenant').choices(['local', 'azure']))
    .addOption(new Option('--cloud-file <file>', 'file of the running embedded cloud').hideHelp())
    .addOption(jsonOption())
    .action(async (file: string, options: Options) => {
      const text = await readTextFile(io, file);
      const { policy, problems, namesChecked } = await check(io, text, file, options);
      const valid = policy !== null;
      if (options.json) {
        printJson(io, { file, valid, hash: policy?.hash ?? null, namesChecked, problems });
      } else {
        const errors = problems.filter((problem) => problem.severity === 'error').length;
        const warnings = problems.length - errors;
        io.print(renderProblems(problems));
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
async function check(io: Io, text: string, file: string, options: SkuSource): Promise<CheckedPolicy> {
  if (options.catalogue === undefined && options.target !== undefined) {
    // Loaded when it is asked for: checking a file alone needs none of the SDKs.
    const { withTarget } = load('../../target/target') as typeof target;
    return withTarget(options, ({ pipeline }) => checkAgainstTenant(pipeline.directory, text, file));
  }
  const skus = await readSkus(io, options);
  return checkPolicy(text, {
    file,
    servicePlanConflicts: microsoftConflicts,
    ...(skus === undefined ? {} : { skus }),
  });
}

function count(number: number, what: string): string {
  return `${String(number)} ${what}${number === 1 ? '' : 's'}`;
}
