import { GraphError } from '../../graph/refusals/graph-error';
import { UserError, ensureError } from '../../kernel/errors';
import type { Services } from '../../pipeline/services';
import { callsOf, tryCalls } from '../rights/try-calls';
import { describeOddities, describeTrials } from './check-graph';
import { checkPolicyNames } from './check-policy-names';
import type { PolicyFile } from './check-policy-names';
import { checkSeats } from './check-seats';
import { fail, guarded, ok, warn } from './finding';
import type { Finding } from './finding';
import type { Diagnosis } from './run-doctor';
import type { WhoIs } from './token-claims';

export type TenantDoctorParts = {
  readonly pipeline: Pick<Services, 'directory' | 'policy' | 'catalogue'>;
  readonly policyFile: PolicyFile;
  /** Rejects when there is no token. */
  readonly readWhoIs: () => Promise<WhoIs | null>;
};

const signIn =
  'Sign in with `az login`, or give --sign-in browser or --sign-in device, or set LICENSER_GRAPH_TOKEN.';
const getIt =
  'Sign in as a person with a role that reads the directory, such as Global Reader, with an application that has this ' +
  'permission (--client-id), or go without: docs/cli.md lists what works.';

/**
 * Whether a tenant can be looked at through Graph alone, and what for: who is signed in, each read that the policy needs, the
 * names of the policy, seats. Changes nothing and never throws.
 */
export async function runTenantDoctor({
  pipeline,
  policyFile,
  readWhoIs,
}: TenantDoctorParts): Promise<Diagnosis> {
  let who: WhoIs | null;
  try {
    who = await readWhoIs();
  } catch (thrown) {
    const why = ensureError(thrown).message.split('\n')[0] ?? '';
    return { ok: false, checks: [fail('graph sign-in', why, signIn)] };
  }
  const found = await Promise.all([
    guarded('graph permission', async () => {
      const policy = await pipeline.policy.current().catch(() => null);
      const tried = await tryCalls(pipeline.directory, callsOf(policy), { followsChanges: false });
      const refused = tried.trials.find(({ error }) => error instanceof GraphError && error.status === 401);
      // A token that is not taken lacks no single permission.
      if (refused !== undefined) {
        return [
          fail(
            'graph sign-in',
            `Microsoft Graph does not take the token: ${refused.error?.message ?? ''}`,
            signIn,
          ),
        ];
      }
      return [...describeTrials(tried.trials, getIt), ...describeOddities(tried)];
    }),
    guarded('policy', () => checkPolicy(pipeline, policyFile)),
  ]);
  const name = who?.name ?? 'an account that the token does not name';
  const tenant = who?.tenantId === undefined ? '' : ` in tenant ${who.tenantId}`;
  const checks = [ok('graph sign-in', `${name}${tenant}; nothing can be changed from here`), ...found.flat()];
  return { ok: checks.every(({ state }) => state !== 'fail'), checks };
}

/** Without a policy there is nothing to be wrong; plan and explain want one. */
async function checkPolicy(
  pipeline: TenantDoctorParts['pipeline'],
  policyFile: PolicyFile,
): Promise<readonly Finding[]> {
  try {
    await pipeline.policy.current();
  } catch (thrown) {
    if (!(thrown instanceof UserError) || thrown.code !== 'cli/no-policy') throw thrown;
    return [warn('policy', 'No policy was named', thrown.hint ?? '')];
  }
  const names = await checkPolicyNames(pipeline, policyFile);
  return [...names, ...(await guarded('seats', () => checkSeats(pipeline)))];
}
