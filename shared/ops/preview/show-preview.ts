import { UserError } from '../../kernel/errors';
import { bindNames } from '../../licensing/entitlement/bind-names';
import type { Preview } from '../../licensing/preview/preview';
import type { Services } from '../../pipeline/services';
import { bindGroups } from '../../pipeline/sources/named-groups';
import type { PreviewServices } from './make-preview';
import type { PolicyInForce } from '../../pipeline/sources/policy-library';
import type { Policy } from '../../policy/policy';
import { whyActivationWaits } from '../rollouts/approval-reasons';
import { findOtherMeanings } from '../rollouts/other-meanings';
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
  const isActivation = edited !== undefined && request.selection.kind === 'all';
  const approval = isActivation ? await whyItWouldWait(pipeline, plan, policy) : null;
  return toPreviewView(plan, { policy, catalogue }, { ...made, approval });
}

/** What activating the edited policy now would have to wait for; nothing where it is the active one, or there is none. */
async function whyItWouldWait(
  pipeline: PreviewServices,
  plan: Preview,
  policy: Policy,
): Promise<NonNullable<PreviewView['approval']>> {
  const active = await pipeline.policy.active().catch((error: unknown) => {
    if (error instanceof UserError) return undefined;
    throw error;
  });
  if (active === undefined || active.policy.hash === policy.hash) return [];
  const { catalogue } = await pipeline.catalogue.read();
  const today = {
    ...bindNames(policy, catalogue),
    groups: await bindGroups(pipeline.directory, policy),
  };
  const moved = findOtherMeanings(active.policy.bindings, today);
  const reasons = await whyActivationWaits(pipeline, { plan, policy, active: active.policy, moved });
  return reasons.map(({ code, text }) => ({ code, text }));
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
