import type { OpenGraph } from '@auto-licenser/graph-emulator/open-graph';
import { groups, plans, skuNames, skus, userIdOf } from '../script/tenant-model';
import type { Department, GroupKey, PlanName, SkuName, UserNumber } from '../script/tenant-model';
import type { Facts } from '../script/policy-oracle';

const skuNameOf = new Map<string, SkuName>(skuNames.map((name) => [skus[name].id, name]));
const planNameOf = new Map<string, PlanName>(
  Object.entries(plans).map(([name, id]) => [id, name as PlanName]),
);

/** The SKU with this id. @throws Error when the run's tenant has none */
export function skuOf(id: string): SkuName {
  const name = skuNameOf.get(id);
  if (name === undefined) throw new Error(`No SKU ${id}`);
  return name;
}

/** The plan with this id. @throws Error when the run's tenant has none */
export const planOf = (id: string): PlanName => {
  const name = planNameOf.get(id);
  if (name === undefined) throw new Error(`No plan ${id}`);
  return name;
};

export type Held = {
  /** SKU to the plans that are off. */
  readonly direct: ReadonlyMap<SkuName, readonly PlanName[]>;
  /** In force, by any group. */
  readonly inherited: ReadonlySet<SkuName>;
};

const nothing: Held = { direct: new Map(), inherited: new Set() };

/** What a user holds now, as the tenant itself knows it: no replica is asked. */
export function holdingOf({ engine }: OpenGraph, user: UserNumber): Held {
  const found = engine.tenant.users.get(userIdOf(user));
  if (found === undefined || found.deletedAt !== null) return nothing;
  const { direct, inherited } = found.version;
  return {
    direct: new Map(direct.map(({ skuId, disabledPlans }) => [skuOf(skuId), disabledPlans.map(planOf)])),
    inherited: new Set(inherited.filter(({ error }) => error === null).map(({ skuId }) => skuOf(skuId))),
  };
}

/** What the directory says of a user now. */
export function factsOf({ engine }: OpenGraph, user: UserNumber): Facts {
  const found = engine.tenant.users.get(userIdOf(user));
  if (found === undefined || found.deletedAt !== null) {
    return { isThere: false, isEnabled: false, department: 'Legal', groups: new Set() };
  }
  const { accountEnabled, department } = found.version.properties;
  return {
    isThere: true,
    isEnabled: accountEnabled === true,
    department: department as Department,
    groups: groupsOf(engine, found.version.groupIds),
  };
}

function groupsOf(engine: OpenGraph['engine'], direct: readonly string[]): ReadonlySet<GroupKey> {
  const seen = new Set<string>();
  const open = [...direct];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(engine.tenant.groups.get(id)?.groupIds ?? []));
  }
  return new Set((Object.keys(groups) as GroupKey[]).filter((key) => seen.has(groups[key])));
}

/** Seats of a SKU that are free now; negative: more are held than were bought. */
export function freeSeatsOf({ engine }: OpenGraph, sku: SkuName): number {
  const found = engine.tenant.skus.get(skus[sku].id);
  return found === undefined ? 0 : found.prepaidUnits.enabled - found.consumedUnits;
}
