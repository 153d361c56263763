import { UserError } from '../kernel/errors';
import { loadPolicy } from '../policy/load-policy';
import type { Policy } from '../policy/policy';
import type { Problem } from '../policy/problem';
import { findNotCarriedOut } from './not-carried-out';

/** The policy in force. A process reads its file once: an edited policy needs a restart, never half a tenant. */
export interface PolicySource {
  /** UserError `policy/invalid` with every problem; the work that needs the policy is parked, not lost. */
  current(): Promise<Policy>;
}

export function makeFilePolicySource(
  path: string,
  readFile: (path: string) => Promise<string>,
): PolicySource {
  let loaded: Policy | undefined;
  const load = async () => {
    let text: string;
    try {
      text = await readFile(path);
    } catch (cause) {
      throw new UserError('policy/unreadable', `The policy file ${path} cannot be read`, {
        cause,
        hint: 'Set LICENSER_POLICY_PATH to the policy file.',
      });
    }
    const { policy, problems } = loadPolicy(text, { file: path });
    const errors = problems.filter((problem) => problem.severity === 'error');
    if (policy === null || errors.length > 0) throw invalid(path, errors);
    const refused = findNotCarriedOut(policy, path);
    if (refused.length > 0) throw invalid(path, refused);
    return policy;
  };
  return {
    // A failed load is tried again at the next call: a mended file needs no restart.
    current: async () => (loaded ??= await load()),
  };
}

function invalid(path: string, problems: readonly Problem[]): UserError {
  const lines = problems.map(
    ({ line, column, message, hint }) => `${line}:${column} ${message}${hint ? ` (${hint})` : ''}`,
  );
  return new UserError('policy/invalid', `The policy ${path} cannot be used: ${lines.join('; ')}`, {
    hint: 'Run `licenser policy check` on the file; work waits until it is mended.',
    details: { problems },
  });
}
