import type { DecideInput } from '../../licensing/decision';
import { noneNew } from '../../licensing/service-plans/service-plan-verdicts';
import type { PolicyInForce } from '../../pipeline/sources/policy-library';
import type { PolicySource } from '../../pipeline/sources/policy-source';
import type { Policy } from '../../policy/policy';
import type { Needs } from '../../words/needs';
import type { UserRecord } from '../../store/ports/user-store';

/** Which policy each user of a plan is decided by. */
export type PlanPolicies = {
  /** Whose hash and prices the plan has. */
  readonly main: PolicyInForce;
  readonly needs: Needs;
  of(record: UserRecord): PolicyInForce | Promise<PolicyInForce>;
};

/** One policy for everybody, or for each user the one that is theirs. @throws UserError `policy/…` */
export async function choosePolicies(
  source: PolicySource,
  request: { readonly policy?: Policy; readonly knownPlans?: DecideInput['knownPlans'] },
): Promise<PlanPolicies> {
  if (request.policy !== undefined) {
    const { policy, knownPlans = noneNew } = request;
    const main = { policy, knownPlans };
    return { main, needs: policy.needs, of: () => main };
  }
  const [main, needs] = await Promise.all([source.active(), source.needs()]);
  return { main, needs, of: (record) => source.forUser(record) };
}
