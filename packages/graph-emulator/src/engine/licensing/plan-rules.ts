import type { AssignedLicense, AssignmentError, PlanRecord, SkuRecord } from '../records';

/** Which service plans exclude or need one another in this tenant. */
export type PlanRules = {
  /** Of every set at most one plan may be on for a user. */
  readonly exclusive: readonly (readonly string[])[];
  /** `servicePlanId` needs one of `needsAnyOf`. */
  readonly dependencies: readonly {
    readonly servicePlanId: string;
    readonly needsAnyOf: readonly string[];
  }[];
};

export type Violation = {
  readonly error: AssignmentError;
  readonly message: string;
  /** The plans that cannot be on. */
  readonly plans: readonly string[];
};

const noPlans: ReadonlySet<string> = new Set();

export type ConflictWording = 'classic' | 'pairs';

/** The rules, prepared so that checking a user costs a few look-ups whatever the size of the tenant. */
export class CompiledPlanRules {
  private readonly rivals = new Map<string, Set<string>>();
  private readonly needs = new Map<string, (readonly string[])[]>();
  /** Plans that appear in any rule: the only ones a check has to look at. */
  private readonly watched = new Set<string>();
  private readonly watchedOfSku = new Map<string, readonly string[]>();
  private readonly enabledOf = new WeakMap<
    readonly string[],
    { readonly skuId: string; readonly plans: ReadonlySet<string> }
  >();

  constructor(rules: PlanRules) {
    for (const group of rules.exclusive) {
      for (const plan of group) {
        this.watched.add(plan);
        const rivals = this.rivals.get(plan) ?? new Set<string>();
        for (const other of group) if (other !== plan) rivals.add(other);
        this.rivals.set(plan, rivals);
      }
    }
    for (const { servicePlanId, needsAnyOf } of rules.dependencies) {
      this.watched.add(servicePlanId);
      for (const plan of needsAnyOf) this.watched.add(plan);
      this.needs.set(servicePlanId, [...(this.needs.get(servicePlanId) ?? []), needsAnyOf]);
    }
  }

  /** The watched plans that these assignments switch on, taken together. */
  enabledPlans(
    skus: ReadonlyMap<string, SkuRecord>,
    assignments: readonly AssignedLicense[],
  ): ReadonlySet<string> {
    const [first] = assignments;
    if (first === undefined) return noPlans;
    return assignments.length === 1 ? this.enabledByOne(skus, first) : this.enabledByAll(skus, assignments);
  }

  /** Remembered by the list of disabled plans, which users who hold the same share. */
  private enabledByOne(skus: ReadonlyMap<string, SkuRecord>, license: AssignedLicense): ReadonlySet<string> {
    const known = this.enabledOf.get(license.disabledPlans);
    if (known?.skuId === license.skuId) return known.plans;
    const plans = this.enabledByAll(skus, [license]);
    this.enabledOf.set(license.disabledPlans, { skuId: license.skuId, plans });
    return plans;
  }

  private enabledByAll(
    skus: ReadonlyMap<string, SkuRecord>,
    assignments: readonly AssignedLicense[],
  ): ReadonlySet<string> {
    const enabled = new Set<string>();
    for (const { skuId, disabledPlans } of assignments) {
      for (const plan of this.watchedPlans(skus.get(skuId))) {
        if (!disabledPlans.includes(plan)) enabled.add(plan);
      }
    }
    return enabled;
  }

  /** What is newly wrong in `next`; rules that were broken before (imported data) do not count. */
  findViolation(
    previous: ReadonlySet<string>,
    next: ReadonlySet<string>,
    added: readonly AssignedLicense[],
    wording: ConflictWording,
  ): Violation | undefined {
    if (previous === next) return undefined;
    return this.findConflict(previous, next, added, wording) ?? this.findMissing(previous, next);
  }

  findConflict(
    previous: ReadonlySet<string>,
    next: ReadonlySet<string>,
    added: readonly AssignedLicense[],
    wording: ConflictWording,
  ): Violation | undefined {
    for (const plan of next) {
      for (const rival of this.rivals.get(plan) ?? []) {
        if (!next.has(rival) || (previous.has(plan) && previous.has(rival))) continue;
        const message = sayConflict(plan, rival, added, wording);
        return { error: 'MutuallyExclusiveViolation', message, plans: [plan, rival] };
      }
    }
    return undefined;
  }

  /** A plan that is on without one it needs. */
  findMissing(previous: ReadonlySet<string>, next: ReadonlySet<string>): Violation | undefined {
    for (const plan of next) {
      for (const anyOf of this.needs.get(plan) ?? []) {
        if (anyOf.some((id) => next.has(id))) continue;
        if (previous.has(plan) && !anyOf.some((id) => previous.has(id))) continue;
        return {
          error: 'DependencyViolation',
          message: `License assignment failed because service plan ${plan} depends on the service plan(s) ${anyOf.join(', ')}`,
          plans: [plan],
        };
      }
    }
    return undefined;
  }

  private watchedPlans(sku: SkuRecord | undefined): readonly string[] {
    if (!sku) return [];
    const known = this.watchedOfSku.get(sku.skuId);
    if (known) return known;
    const plans = sku.plans
      .map((plan: PlanRecord) => plan.servicePlanId)
      .filter((id) => this.watched.has(id));
    this.watchedOfSku.set(sku.skuId, plans);
    return plans;
  }
}

/**
 * Texts: https://learn.microsoft.com/entra/fundamentals/licensing-groups-resolve-problems (classic); the audit log of
 * later tenants names pairs.
 */
function sayConflict(
  plan: string,
  rival: string,
  added: readonly AssignedLicense[],
  wording: ConflictWording,
): string {
  if (wording === 'classic') {
    return `License assignment failed because service plans ${plan}, ${rival} are mutually exclusive`;
  }
  return (
    'License assignment failed because the user has licensed service plans that conflict with plans in the new ' +
    `license. The conflicting service plan pairs are: [${plan}, ${rival}]. Licenses being added: [${added.map(({ skuId }) => skuId).join(', ')}]`
  );
}
