import { Option } from 'commander';
import { entitleByReference } from '../../../shared/policy/policy-tests/entitle-by-reference';
import { loadPolicy } from '../../../shared/policy/file/load-policy';
import { runPolicyTests } from '../../../shared/policy/policy-tests/run-policy-tests';
import type { PolicyTestResult } from '../../../shared/policy/policy-tests/run-policy-tests';
import { printJson, readTextFile } from '../../io';
import { makeCatalogueEntitlement } from '../../../shared/ops/policies/catalogue-entitlement';
import type { DefineCommand } from '../../program';
import { renderProblems } from '../../render/render-problems';
import { visibleFacts } from '../../visible-text';
import { jsonOption } from '../../options/rule-options';
import { addSignInOptions } from '../../target/tenant/tenant-options';
import { readSkus } from '../../target/tenant-skus';
import type { SkuSource } from '../../target/tenant-skus';

type Options = SkuSource & { readonly json?: true };

/** licenser policy test FILE */
export const define: DefineCommand = (command, { io, exit }) => {
  command
    .argument('<file>', 'a policy file')
    .option('--catalogue <file>', 'decide with these SKUs, an answer of GET /subscribedSkus')
    .addOption(
      new Option('--target <tenant>', 'decide with the SKUs of a tenant').choices([
        'local',
        'azure',
        'tenant',
      ]),
    )
    .addOption(jsonOption());
  addSignInOptions(command).action(async (file: string, options: Options) => {
    const { policy, problems } = loadPolicy(await readTextFile(io, file), { file });
    if (policy === null) {
      const errors = problems.filter((problem) => problem.severity === 'error');
      if (options.json)
        printJson(io, { file, valid: false, problems: errors, passed: 0, failed: 0, tests: [] });
      else io.print(`${renderProblems(visibleFacts(errors))}${file}: not valid, no test was run\n`);
      exit(1);
      return;
    }
    const skus = await readSkus(io, options);
    const entitle = skus === undefined ? entitleByReference : makeCatalogueEntitlement(skus);
    const tests = runPolicyTests(policy, entitle, io.now());
    const failed = tests.filter((test) => !test.passed).length;
    const passed = tests.length - failed;
    if (options.json) printJson(io, { file, valid: true, problems: [], passed, failed, tests });
    else io.print(render(file, visibleFacts(tests), passed, failed));
    if (failed > 0) exit(1);
  });
};

function render(file: string, tests: readonly PolicyTestResult[], passed: number, failed: number): string {
  const lines = tests.flatMap(({ name, passed: fine, differences }) => [
    `${fine ? 'ok    ' : 'FAILED'}  ${name}`,
    ...differences.map((difference) => `          ${difference}`),
  ]);
  const total =
    tests.length === 0 ? 'the policy has no tests' : `${String(passed)} passed, ${String(failed)} failed`;
  return `${[...lines, `${file}: ${total}`].join('\n')}\n`;
}
