import { Option } from 'commander';
import { microsoftConflicts } from '../../../shared/licensing/service-plans/known-conflicts';
import { checkPolicy } from '../../../shared/policy/check-policy';
import { printJson, readTextFile } from '../../io';
import type { DefineCommand } from '../../program';
import { renderProblems } from '../../render/render-problems';
import { jsonOption } from '../../options/rule-options';
import { readSkus } from '../../target/tenant-skus';
import type { SkuSource } from '../../target/tenant-skus';

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
      const skus = await readSkus(io, options);
      const { policy, problems, namesChecked } = checkPolicy(text, {
        file,
        servicePlanConflicts: microsoftConflicts,
        ...(skus === undefined ? {} : { skus }),
      });
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
            'Names of SKUs and plans were not checked against a tenant (--target or --catalogue does).\n',
          );
        }
      }
      if (!valid) exit(1);
    });
};

function count(number: number, what: string): string {
  return `${String(number)} ${what}${number === 1 ? '' : 's'}`;
}
