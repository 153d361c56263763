import { UserError } from '../../kernel/errors';
import { loadPolicy } from '../../policy/file/load-policy';
import type { Policy } from '../../policy/policy';
import type { Problem } from '../../policy/problem';

/** A policy with the text it was read from. */
export type LoadedFile = { readonly policy: Policy; readonly text: string };

export type PolicyFileReader = {
  readonly path: string;
  /** Rejects when there is no such file. */
  readonly read: () => Promise<string>;
};

/** UserError `policy/unreadable`, or `policy/invalid` with every problem. */
export async function readPolicyFileText({ path, read }: PolicyFileReader): Promise<LoadedFile> {
  let text: string;
  try {
    text = await read();
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError('policy/unreadable', `The policy file ${path} cannot be read`, {
      cause,
      hint: 'Set LICENSER_POLICY_PATH to the policy file.',
    });
  }
  return { policy: compilePolicy(text, path), text };
}

/** UserError `policy/invalid` with every problem; `name`: the file, or what else the text is known by. */
export function compilePolicy(text: string, name: string): Policy {
  const { policy, problems } = loadPolicy(text, { file: name });
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (policy === null || errors.length > 0) throw invalid(name, errors);
  return policy;
}

function invalid(name: string, problems: readonly Problem[]): UserError {
  const lines = problems.map(
    ({ line, column, message, hint }) => `${line}:${column} ${message}${hint ? ` (${hint})` : ''}`,
  );
  return new UserError('policy/invalid', `The policy ${name} cannot be used: ${lines.join('; ')}`, {
    hint: 'Run `licenser policy check` on the file; work waits until it is fixed.',
    details: { problems },
  });
}
