import type { Services } from '../../pipeline/services';
import type { PreviewServices } from './make-preview';
import type { PolicyInForce } from '../../pipeline/sources/policy-library';
import type { Policy } from '../../policy/policy';
import { noneNew } from '../../licensing/service-plans/service-plan-verdicts';
import type { PlanRequest } from './make-preview';
import { makePreview } from './make-preview';
import type { PreviewView } from './preview-view';
import { toPreviewView } from './preview-view';

/**
 * What a policy would change, with names for ids. Writes nothing.
 * @throws UserError `graph/unknown-group`, `graph/ambiguous-group`, `policy/…`
 */
export async function showPreview(
  pipeline: PreviewServices,
  request: Pick<PlanRequest, 'selection' | 'onProgress' | 'signal'> & {
    /** An edited one, for everybody. Default: for each user the policy that is theirs. */
    readonly policy?: Policy;
  },
): Promise<PreviewView> {
  const { policy: edited, ...rest } = request;
  const { policy, knownPlans } = await findPolicy(pipeline, edited);
  const { preview: plan, ...made } = await makePreview(
    pipeline,
    edited === undefined ? rest : { ...rest, policy, knownPlans },
  );
  const { catalogue } = await pipeline.catalogue.read(request.signal);
  return toPreviewView(plan, { policy, catalogue }, made);
}

/** An edited policy knows the plans of today, as it will when it is activated; the active one those of its day. */
export async function findPolicy(
  pipeline: Pick<Services, 'policy'>,
  edited?: Policy,
): Promise<PolicyInForce> {
  if (edited === undefined) return pipeline.policy.active();
  const active = await pipeline.policy.active().catch(() => undefined);
  return active?.policy.hash === edited.hash ? active : { policy: edited, knownPlans: noneNew };
}
