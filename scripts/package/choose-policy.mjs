// Which policy goes into the package, and what must not: a sample that would begin to change licenses by itself.
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

/** A policy that cannot be packed; the message says why and what to do. */
export class PolicyRefused extends Error {
  name = 'PolicyRefused';
}

/** What a policy grants and to whom, whatever its mode, its comments and its tests are. */
function rulesOf(policy) {
  const { rules, scope } = policy;
  return JSON.stringify([rules.map((rule) => ({ ...rule, name: '' })), scope], (_key, value) =>
    value instanceof RegExp ? String(value) : value,
  );
}

/**
 * @param {string} root the project, built: the app's own reader judges the policy
 * @param {string | undefined} file path of a policy; undefined: the starter policy
 * @returns {{ path: string, text: string, mode: 'observe' | 'enforce', readsDirectGroups: boolean }} path: as it was given;
 *   readsDirectGroups: a rule says `user.memberOf`, which takes a permission of its own
 * @throws {PolicyRefused} the file cannot be read or is wrong, or it is one of the samples and enforces
 */
export function choosePolicy(root, file) {
  const require = createRequire(join(root, 'package.json'));
  const { checkPolicy } = require('./dist/shared/policy/check-policy.js');
  const path = file ?? join('policy', 'starter.yaml');
  const text = readPolicy(file === undefined ? join(root, path) : resolve(file), path);
  const { policy, problems } = checkPolicy(text, { file: path });
  if (policy === null) {
    const errors = problems
      .filter(({ severity }) => severity === 'error')
      .map(({ line, column, message }) => `  ${path}:${line}:${column} ${message}`);
    throw new PolicyRefused(`${path} is not a valid policy:\n${errors.join('\n')}`);
  }
  if (policy.mode === 'enforce') {
    const rules = rulesOf(policy);
    const sample = readdirSync(join(root, 'policy'))
      .filter((name) => /\.ya?ml$/.test(name))
      .find((name) => {
        const of = checkPolicy(readFileSync(join(root, 'policy', name), 'utf8'), { file: name }).policy;
        return of !== null && rulesOf(of) === rules;
      });
    if (sample !== undefined) {
      throw new PolicyRefused(
        `${path} has the rules of the sample policy/${sample} and enforces them: users of your tenant who happen\n` +
          'to match would get and lose licenses. Write your own rules, or set "mode: observe", look at what it\n' +
          'decides (licenser plan), and switch it on with "licenser policy activate".',
      );
    }
  }
  return { path, text, mode: policy.mode, readsDirectGroups: policy.needs.directGroups };
}

function readPolicy(path, name) {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new PolicyRefused(`${name} cannot be read`, { cause });
  }
}
