import { isoTime } from '../../kernel/clock';
import { UserError } from '../../kernel/errors';
import { isGuid, toServicePlanId } from '../../kernel/ids';
import type { ServicePlanId } from '../../kernel/ids';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import { findPlan } from '../../licensing/catalogue/catalogue';
import { indexOfCatalogue } from '../../licensing/catalogue/catalogue-index';
import type { Services } from '../../pipeline/services';
import { findSkuOrExplain } from './find-sku';
import { lookHint } from '../../queue/look-hint';
import type { Hint } from '../../queue/messages';
import { recordAction } from '../audit/operator';
import type { Operator } from '../audit/operator';
import type { StoredLearntConflict } from '../../words/learnt-conflict';
import { timing } from '../../kernel/timing';

/** What Graph's refusals taught: plans that do not go together or need others, SKUs that cannot be assigned; with the evidence. */
export type LearntConflictView = {
  readonly kind: StoredLearntConflict['kind'];
  /** `conflict`: the two that exclude each other; `dependency`: the plan, then those of which it needs one; `unassignable`: none. */
  readonly plans: readonly { readonly servicePlanId: string; readonly servicePlanName: string }[];
  /** SKUs of the tenant that have one of the plans; `unassignable`: the SKU. */
  readonly skus: readonly string[];
  /** ISO 8601. */
  readonly learntAt: string;
  /** Graph's own words. */
  readonly text: string;
  readonly requestId: string | null;
};

/** Oldest first. */
export async function listLearntConflicts({
  learntConflictStore: knowledgeStore,
  catalogue,
}: Pick<Services, 'learntConflictStore' | 'catalogue'>): Promise<readonly LearntConflictView[]> {
  const [rules, { catalogue: tenant }] = await Promise.all([knowledgeStore.list(), catalogue.read()]);
  return rules.map((rule) => toView(rule, tenant));
}

/**
 * Forgets what was learnt of these two plans (of a dependency: the plan and one that it needs), or of a SKU where `other`
 * is absent, and has the users who are blocked by it looked at again. Graph teaches it anew if it was right.
 * @throws UserError `ops/unknown-plan`, `ops/not-learnt`
 */
export async function forgetLearntConflict(
  pipeline: Pick<Services, 'learntConflictStore' | 'catalogue' | 'users' | 'queues' | 'audit' | 'clock'>,
  references: { readonly plan: string; readonly other?: string },
  operator: Operator,
): Promise<{ readonly forgotten: readonly LearntConflictView[]; readonly users: number }> {
  const { catalogue: tenant } = await pipeline.catalogue.read();
  const isMeant = findMeant(tenant, references);
  const rules = (await pipeline.learntConflictStore.list()).filter(isMeant);
  if (rules.length === 0) {
    throw new UserError('ops/not-learnt', `Nothing was learnt of ${namesOf(references)}`, {
      hint: '`licenser sku conflicts` shows what was learnt.',
    });
  }
  for (const rule of rules) await pipeline.learntConflictStore.forget(rule);
  const users = await lookAgain(pipeline, rules);
  const forgotten = rules.map((rule) => toView(rule, tenant));
  await recordAction(pipeline, operator, 'knowledge/forget', namesOf(references), {
    forgotten,
    users,
  });
  return { forgotten, users };
}

function namesOf({ plan, other }: { readonly plan: string; readonly other?: string }): string {
  return other === undefined ? plan : `${plan} ${other}`;
}

/** @throws UserError `ops/unknown-plan`, `ops/unknown-sku`, `ops/ambiguous-name` */
function findMeant(
  tenant: Catalogue,
  { plan, other }: { readonly plan: string; readonly other?: string },
): (rule: StoredLearntConflict) => boolean {
  if (other === undefined) {
    const { skuId } = findSkuOrExplain(tenant, plan);
    return (rule) => rule.kind === 'unassignable' && rule.skuId === skuId;
  }
  const wanted = [plan, other].map((reference) => toPlanIds(tenant, reference));
  return (rule) => wanted.every((ids) => plansOf(rule).some((one) => ids.includes(one)));
}

/** Names are unique within a SKU only, so a name may stand for several plans. */
function toPlanIds(catalogue: Catalogue, reference: string): readonly ServicePlanId[] {
  const named = catalogue.skus.flatMap((sku) => findPlan(sku, reference)?.servicePlanId ?? []);
  if (named.length > 0) return named;
  if (isGuid(reference)) return [toServicePlanId(reference)];
  throw new UserError('ops/unknown-plan', `No SKU of the tenant has a plan ${reference}`, {
    hint: '`licenser sku conflicts` names the plans; `licenser sku plans SKU` those of a SKU.',
  });
}

function plansOf(rule: StoredLearntConflict): readonly ServicePlanId[] {
  if (rule.kind === 'unassignable') return [];
  return rule.kind === 'conflict' ? rule.plans : [rule.plan, ...rule.anyOf];
}

function toView(rule: StoredLearntConflict, catalogue: Catalogue): LearntConflictView {
  const index = indexOfCatalogue(catalogue);
  const plans = plansOf(rule);
  return {
    kind: rule.kind,
    plans: plans.map((plan) => ({ servicePlanId: plan, servicePlanName: index.planName(plan) })),
    skus: catalogue.skus
      .filter(({ skuId }) =>
        rule.kind === 'unassignable'
          ? rule.skuId === skuId
          : index.allPlans(skuId).some((plan) => plans.includes(plan)),
      )
      .map(({ skuPartNumber }) => skuPartNumber)
      .sort(),
    learntAt: isoTime(rule.learntAt),
    text: rule.text,
    requestId: rule.requestId,
  };
}

/** Whose outcome names the plans of such a rule. */
async function lookAgain(
  { users, queues, clock }: Pick<Services, 'users' | 'queues' | 'clock'>,
  rules: readonly StoredLearntConflict[],
): Promise<number> {
  const hints: Hint[] = [];
  const seenAt = clock.now();
  for await (const { userId, state } of users.list()) {
    const isBlocked = state.skus.some(
      ({ outcome, reason }) =>
        outcome === 'blocked' &&
        rules.some((rule) =>
          rule.kind === 'unassignable'
            ? reason.code === 'sku/unassignable' && reason.skuId === rule.skuId
            : plansOf(rule).filter((plan) => reason.servicePlanIds?.includes(plan)).length >= 2,
        ),
    );
    if (isBlocked) hints.push(lookHint(userId, 'operator', seenAt, { crowd: true }));
  }
  if (hints.length > 0)
    await queues.sendHints(hints, { scheduledAt: clock.now() + timing.ops.afterForgetting.ms });
  return hints.length;
}
