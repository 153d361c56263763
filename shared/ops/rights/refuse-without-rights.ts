import type { Directory } from '../../graph/directory';
import { UserError } from '../../kernel/errors';
import { describeUnseen, tryCalls } from './try-calls';
import type { PolicyCalls } from './try-calls';

/**
 * Before a policy is activated: does Graph let the app read what the policy needs? The answer is a list of sentences
 * about what it does not follow by itself; empty as a rule.
 * @throws UserError `policy/rights` with the permissions that are missing
 * @throws Error what else kept a call from being tried
 */
export async function refuseWithoutRights(
  directory: Directory,
  calls: PolicyCalls,
  file: string,
): Promise<readonly string[]> {
  const { trials, untracked, unseen } = await tryCalls(directory, calls);
  const missing = [...new Set(trials.flatMap((trial) => trial.missing ?? []))];
  if (missing.length > 0) {
    throw new UserError('policy/rights', `${file} needs what the app may not read: ${missing.join(', ')}`, {
      hint: 'Grant it as docs/permissions.md describes, and activate the policy again.',
      details: { missing },
    });
  }
  for (const { error } of trials) if (error !== null) throw error;
  const late = [...untracked.keys()].map(
    (property) =>
      `Graph does not report changes of ${property}: the nightly census finds them, nothing sooner does.`,
  );
  return [...[...unseen].map((one) => `${describeUnseen(one)}.`), ...late];
}
