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
  return file === undefined ? undefined : (await readPolicyFile(io, file)).policy;
}

/**
 * The same with its text, read once: standard input is empty the second time.
 * @throws UserError `policy/invalid` with every problem, and what `readTextFile` throws
 */
export async function readPolicyFile(
  io: Io,
  file: string,
): Promise<{ readonly policy: Policy; readonly text: string }> {
  const text = await readTextFile(io, file);
  const { policy, problems } = loadPolicy(text, { file });
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (policy !== null && errors.length === 0) return { policy, text };
  throw new UserError('policy/invalid', `${file} is no valid policy\n${renderProblems(errors).trimEnd()}`);
}
