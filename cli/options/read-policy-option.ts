import type { Policy } from '../../shared/policy/policy';
import { loadPolicy } from '../../shared/policy/file/load-policy';
import { UserError } from '../../shared/kernel/errors';
import { readTextFile } from '../io';
import type { Io } from '../io';
import { renderProblems } from '../render/render-problems';

/**
 * The policy of `--policy FILE`; undefined: none was given. Warnings do not matter here: `policy check` shows them.
 * @throws UserError `policy/invalid` with every problem
 */
export async function readPolicyOption(io: Io, file: string | undefined): Promise<Policy | undefined> {
  if (file === undefined) return undefined;
  const { policy, problems } = loadPolicy(await readTextFile(io, file), { file });
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (policy !== null && errors.length === 0) return policy;
  throw new UserError('policy/invalid', `${file} is no valid policy\n${renderProblems(errors).trimEnd()}`);
}
