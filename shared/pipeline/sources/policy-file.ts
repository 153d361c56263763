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

/**
 * What the last few texts mean. A process that begins reads the same one twice, as the file and as what is stored; a world
 * of many processes in one reads it for each of them.
 */
const compiled = new Map<string, Policy>();
const mostCompiled = 4;

/**
 * What the text says, compiled. `name`: the file, or what else the text is known by.
 * @throws UserError `policy/invalid` with every problem
 */
export function compilePolicy(text: string, name: string): Policy {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const policy = compile(text, name);
  if (compiled.size >= mostCompiled) compiled.delete(compiled.keys().next().value ?? '');
  compiled.set(text, policy);
  return policy;
}

function compile(text: string, name: string): Policy {
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
