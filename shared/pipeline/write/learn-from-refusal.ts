import type { GraphError } from '../../graph/refusals/graph-error';
import { toServicePlanId } from '../../kernel/ids';
import type { ServicePlanId } from '../../kernel/ids';
import { indexOfCatalogue } from '../../licensing/catalogue/catalogue-index';
import type { LearntConflict } from '../../words/learnt-conflict';
import type { Services } from '../services';
import type { Task } from '../task';
import { skuScope } from '../pauses/pause-scope';
import type { SeenUser } from '../look/seen-user';

/**
 * Remembers the plans or the SKU that Graph's refusal named, with its words as the evidence, so that no user runs into the
 * same refusal again. True: something is to be learnt from it, and deciding again knows it.
 */
export async function learnFromRefusal(
  services: Pick<Services, 'clock' | 'lastSuccess' | 'learntConflicts'>,
  task: Task,
  look: SeenUser,
  error: GraphError,
): Promise<boolean> {
  const rules = [...lessonsOf(look, error), ...(await unassignableSkus(services, look, error))];
  if (rules.length === 0) return false;
  const learntAt = services.clock.now();
  const evidence = { learntAt, text: error.message, requestId: error.requestId ?? null };
  const isNew = await services.learntConflicts.learn(rules.map((rule) => ({ ...rule, ...evidence })));
  if (isNew) {
    task.logger.warn('Learnt from a refusal what cannot be assigned', {
      userId: look.input.user.id,
      rules,
      text: error.message,
    });
  }
  return true;
}

/** Only of plans that the tenant has: an id that names anything else teaches nothing. */
function lessonsOf({ input }: SeenUser, error: GraphError): LearntConflict[] {
  const index = indexOfCatalogue(input.catalogue);
  const plans = new Set<string>(input.catalogue.skus.flatMap((sku) => index.allPlans(sku.skuId)));
  const toPlans = (ids: readonly string[]): ServicePlanId[] => ids.map(toServicePlanId);
  if (error.class === 'conflict') {
    return error.pairs
      .filter((pair) => pair.every((id) => plans.has(id)))
      .map(([one, other]) => ({ kind: 'conflict', plans: [toServicePlanId(one), toServicePlanId(other)] }));
  }
  const [plan, ...needed] = error.ids;
  if (error.class !== 'dependency' || plan === undefined || needed.length === 0) return [];
  // What is needed may be a plan that the tenant has not bought.
  return plans.has(plan) ? [{ kind: 'dependency', plan: toServicePlanId(plan), anyOf: toPlans(needed) }] : [];
}

/** A SKU that was assigned before can be assigned: then it is this user who cannot have it. */
async function unassignableSkus(
  { lastSuccess }: Pick<Services, 'lastSuccess'>,
  { input }: SeenUser,
  error: GraphError,
): Promise<LearntConflict[]> {
  const rules: LearntConflict[] = [];
  for (const { skuId } of input.catalogue.skus) {
    if (!error.unassignable.includes(skuId)) continue;
    if ((await lastSuccess.of(skuScope(skuId))) === undefined) rules.push({ kind: 'unassignable', skuId });
  }
  return rules;
}
