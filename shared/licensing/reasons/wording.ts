import type { ServicePlanId, SkuId } from '../../kernel/ids';
import type { CatalogueIndex } from '../catalogue/catalogue-index';
import type { Reason, ReasonCode } from '../../words/reason';

export type ServicePlans = readonly ServicePlanId[];

/** The parts that reasons are worded from; SKUs and plans appear by the names that the tenant's catalogue has. */
export type Wording = ReturnType<typeof makeWording>;

/** How the reasons of one catalogue name its SKUs and plans. */
export function makeWording(index: CatalogueIndex) {
  const sku = (skuId: SkuId) => index.skuName(skuId);
  /** What to do about seats that have run out: nothing more to say, or to renew. */
  const grace = (skuId: SkuId) => {
    const seats = index.graceSeats(skuId);
    return seats === 0
      ? ''
      : ` Its ${String(seats)} seats are in their grace period: renew the subscription.`;
  };
  const plan = (servicePlanId: ServicePlanId) => index.planName(servicePlanId);
  /** `A, B`, in the order of names. */
  const list = (plans: ServicePlans) => plans.map(plan).sort().join(', ');
  /** ` (rule "a")`, ` (rules "a", "b")`, or nothing. */
  const rules = (names: readonly string[]) =>
    names.length === 0
      ? ''
      : ` (${names.length === 1 ? 'rule' : 'rules'} ${names.map((name) => `"${name}"`).join(', ')})`;
  /** ` without A, B`, or nothing. */
  const except = (off: ServicePlans) => (off.length === 0 ? '' : ` without ${list(off)}`);
  /** The word for one plan, or the word for several. */
  const agree = (plans: ServicePlans, one: string, several: string) => (plans.length === 1 ? one : several);
  const reason = (code: ReasonCode, skuId: SkuId, text: string, servicePlanIds?: ServicePlans): Reason => ({
    code,
    text,
    skuId,
    ...(servicePlanIds === undefined || servicePlanIds.length === 0 ? {} : { servicePlanIds }),
  });
  return { sku, grace, plan, list, rules, except, agree, reason };
}
