import type { FoundGroup } from '../../../shared/graph/directory';
import type { SkuId } from '../../../shared/kernel/ids';
import type { SubscribedSku } from '../../../shared/words/sku';
import { groupIdOf, planIdOf, skuIdOf } from './make-case';
import type { Draw, NamedCase } from './make-case';

/** What happens to a tenant behind the policy's back, one at a time. */
export const disturbances = [
  'rename a group',
  'swap the names of two groups',
  'give a group the name of another',
  'delete a group',
  'make a deleted group anew',
  'make a second group of the name',
  'make a Team of the name',
  'group stops being a security group',
  'groups cannot be read',
  'rename a SKU',
  'swap the names of two SKUs',
  'give a SKU the name of another',
  'delete a SKU',
  'buy a second SKU of the name',
  'rename a plan',
  'swap the names of two plans',
  'give a plan the name of another',
  'delete a plan',
  'add a plan of the name',
  'SKUs come in another order',
  'groups come in another order',
  'a SKU cannot be read',
] as const;
export type Disturbance = (typeof disturbances)[number];

export type Disturbed = {
  readonly groups: readonly FoundGroup[];
  readonly skus: readonly SubscribedSku[];
  /** Memberships: user to ids of groups. */
  readonly memberships: ReadonlyMap<string, ReadonlySet<string>>;
  /** Graph refuses to say anything of groups. */
  readonly isSilent: boolean;
  /** The SKU that no new user can get any more, as if it had no seat: the tenant does not show it, or a named plan of it. */
  readonly missing?: SkuId;
  /** Names of the policy that must be named by doctor; empty: it concerns none. */
  readonly toBeNamed: readonly string[];
};

/** The tenant after it. Who gets into a new group was not in the old one. */
export function disturb(kind: Disturbance, one: NamedCase, draw: Draw): Disturbed {
  const memberships = new Map<string, ReadonlySet<string>>(
    [...one.users].map(([id, { groups }]) => [id, groups]),
  );
  const base: Disturbed = {
    groups: one.groups,
    skus: one.skus,
    memberships,
    isSilent: false,
    toBeNamed: [],
  };
  const group = draw.of(one.groups);
  const otherGroup = draw.of(one.groups.filter(({ id }) => id !== group.id));
  const sku = draw.of(one.skus);
  const otherSku = draw.of(one.skus.filter(({ skuId }) => skuId !== sku.skuId));
  const of = <Kind extends 'groups' | 'skus' | 'plans'>(kind: Kind, ...names: string[]) =>
    names.filter((name) => one.named[kind].includes(name));
  const withGroups = (change: (group: FoundGroup) => readonly FoundGroup[]) => one.groups.flatMap(change);
  const rename = (id: string, displayName: string) =>
    withGroups((each) => [each.id === id ? { ...each, displayName } : each]);
  /** Everybody but the members of `group` gets into the new one. */
  const joinedBy = (newId: string) =>
    new Map(
      [...memberships].map(([user, groups]) => [
        user,
        groups.has(group.id) ? groups : new Set([...groups, newId]),
      ]),
    );
  const withoutGroup = () =>
    new Map(
      [...memberships].map(([user, groups]) => [user, new Set([...groups].filter((id) => id !== group.id))]),
    );
  const fresh = groupIdOf(77);
  const withSkus = (change: (sku: SubscribedSku) => readonly SubscribedSku[]) => one.skus.flatMap(change);
  const plan = draw.of(sku.servicePlans);
  const others = sku.servicePlans.filter(({ servicePlanId }) => servicePlanId !== plan.servicePlanId);
  const otherPlan = draw.of(others);
  const withPlans = (
    change: (each: SubscribedSku['servicePlans'][number]) => SubscribedSku['servicePlans'],
  ) =>
    withSkus((each) => [
      each.skuId === sku.skuId ? { ...each, servicePlans: each.servicePlans.flatMap(change) } : each,
    ]);
  switch (kind) {
    case 'rename a group':
      return {
        ...base,
        groups: rename(group.id, 'Something else'),
        toBeNamed: of('groups', group.displayName),
      };
    case 'swap the names of two groups':
      return {
        ...base,
        groups: withGroups((each) => [
          each.id === group.id
            ? { ...each, displayName: otherGroup.displayName }
            : each.id === otherGroup.id
              ? { ...each, displayName: group.displayName }
              : each,
        ]),
        toBeNamed: of('groups', group.displayName, otherGroup.displayName),
      };
    case 'give a group the name of another':
      return {
        ...base,
        groups: rename(otherGroup.id, group.displayName),
        toBeNamed: of('groups', otherGroup.displayName, group.displayName),
      };
    case 'delete a group':
      return {
        ...base,
        groups: withGroups((each) => (each.id === group.id ? [] : [each])),
        memberships: withoutGroup(),
        toBeNamed: of('groups', group.displayName),
      };
    case 'make a deleted group anew': {
      const left = withoutGroup();
      return {
        ...base,
        groups: [...withGroups((each) => (each.id === group.id ? [] : [each])), { ...group, id: fresh }],
        memberships: new Map(
          [...left].map(([user, groups]) => [
            user,
            memberships.get(user)?.has(group.id) === true ? groups : new Set([...groups, fresh]),
          ]),
        ),
        toBeNamed: of('groups', group.displayName),
      };
    }
    case 'make a second group of the name':
    case 'make a Team of the name': {
      const isTeam = kind === 'make a Team of the name';
      return {
        ...base,
        groups: [{ ...group, id: fresh, securityEnabled: !isTeam }, ...one.groups],
        memberships: joinedBy(fresh),
        toBeNamed: of('groups', group.displayName),
      };
    }
    case 'group stops being a security group':
      return {
        ...base,
        groups: withGroups((each) => [each.id === group.id ? { ...each, securityEnabled: false } : each]),
        toBeNamed: of('groups', group.displayName),
      };
    case 'groups cannot be read':
      return { ...base, isSilent: true };
    case 'rename a SKU':
      return {
        ...base,
        skus: withSkus((each) => [each.skuId === sku.skuId ? { ...each, skuPartNumber: 'RENAMED' } : each]),
        toBeNamed: of('skus', sku.skuPartNumber),
      };
    case 'swap the names of two SKUs':
      return {
        ...base,
        skus: withSkus((each) => [
          each.skuId === sku.skuId
            ? { ...each, skuPartNumber: otherSku.skuPartNumber }
            : each.skuId === otherSku.skuId
              ? { ...each, skuPartNumber: sku.skuPartNumber }
              : each,
        ]),
        toBeNamed: of('skus', sku.skuPartNumber, otherSku.skuPartNumber),
      };
    case 'give a SKU the name of another':
      return {
        ...base,
        skus: withSkus((each) => [
          each.skuId === otherSku.skuId ? { ...each, skuPartNumber: sku.skuPartNumber } : each,
        ]),
        toBeNamed: of('skus', sku.skuPartNumber, otherSku.skuPartNumber),
      };
    case 'delete a SKU':
    case 'a SKU cannot be read':
      return {
        ...base,
        skus: withSkus((each) => (each.skuId === sku.skuId ? [] : [each])),
        missing: sku.skuId,
        toBeNamed: of('skus', sku.skuPartNumber),
      };
    case 'buy a second SKU of the name':
      return {
        ...base,
        skus: [{ ...sku, skuId: skuIdOf(77) }, ...one.skus],
        toBeNamed: of('skus', sku.skuPartNumber),
      };
    case 'rename a plan':
      return {
        ...base,
        skus: withPlans((each) => [
          each.servicePlanId === plan.servicePlanId ? { ...each, servicePlanName: 'RENAMED_PLAN' } : each,
        ]),
        toBeNamed: namedPlans(one, sku, plan.servicePlanName),
      };
    case 'swap the names of two plans':
      return {
        ...base,
        skus: withPlans((each) => [
          each.servicePlanId === plan.servicePlanId
            ? { ...each, servicePlanName: otherPlan.servicePlanName }
            : each.servicePlanId === otherPlan.servicePlanId
              ? { ...each, servicePlanName: plan.servicePlanName }
              : each,
        ]),
        toBeNamed: namedPlans(one, sku, plan.servicePlanName, otherPlan.servicePlanName),
      };
    case 'give a plan the name of another':
      return {
        ...base,
        skus: withPlans((each) => [
          each.servicePlanId === otherPlan.servicePlanId
            ? { ...each, servicePlanName: plan.servicePlanName }
            : each,
        ]),
        toBeNamed: namedPlans(one, sku, plan.servicePlanName, otherPlan.servicePlanName),
      };
    case 'delete a plan':
      return {
        ...base,
        skus: withPlans((each) => (each.servicePlanId === plan.servicePlanId ? [] : [each])),
        // Where the policy names the plan, no new user gets the SKU: which plan it is now is not known.
        missing: sku.skuId,
        toBeNamed: namedPlans(one, sku, plan.servicePlanName),
      };
    case 'add a plan of the name':
      return {
        ...base,
        skus: withPlans((each) =>
          each.servicePlanId === plan.servicePlanId
            ? [{ ...each, servicePlanId: planIdOf(777) }, each]
            : [each],
        ),
        toBeNamed: namedPlans(one, sku, plan.servicePlanName),
      };
    case 'SKUs come in another order':
      return {
        ...base,
        skus: [...one.skus]
          .reverse()
          .map((each) => ({ ...each, servicePlans: [...each.servicePlans].reverse() })),
      };
    case 'groups come in another order':
      return { ...base, groups: [...one.groups].reverse() };
  }
}

/** Plans of SKUs that the policy names too: a plan of another SKU is nothing to the policy. */
function namedPlans(one: NamedCase, sku: SubscribedSku, ...names: readonly string[]): readonly string[] {
  if (!one.named.skus.includes(sku.skuPartNumber)) return [];
  return names.filter((name) => one.named.plans.includes(name));
}
