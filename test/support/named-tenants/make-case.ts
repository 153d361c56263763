import type { FoundGroup } from '../../../shared/graph/directory';
import { toGroupId, toServicePlanId, toSkuId, toUserId } from '../../../shared/kernel/ids';
import type { UserId } from '../../../shared/kernel/ids';
import type { SubscribedSku } from '../../../shared/words/sku';

/** A small tenant with names to be confused, and a policy over it. */
export type NamedCase = {
  readonly groups: readonly FoundGroup[];
  readonly skus: readonly SubscribedSku[];
  /** Users by id, with their departments and the ids of their groups. */
  readonly users: ReadonlyMap<UserId, { readonly department: string; readonly groups: ReadonlySet<string> }>;
  readonly policyText: string;
  /** Of the policy: what it names. */
  readonly named: {
    readonly groups: readonly string[];
    readonly skus: readonly string[];
    readonly plans: readonly string[];
  };
};

export type Draw = {
  readonly below: (limit: number) => number;
  readonly of: <Item>(items: readonly Item[]) => Item;
  readonly some: <Item>(items: readonly Item[], most: number) => readonly Item[];
  readonly is: (chance: number) => boolean;
};

/** Choices from a stream of numbers in [0, 1). */
export function makeDraw(random: () => number): Draw {
  const below = (limit: number) => Math.floor(random() * limit);
  const of = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item;
  return {
    below,
    of,
    is: (chance) => random() < chance,
    some: (items, most) => {
      const left = [...items];
      return Array.from({ length: Math.min(left.length, 1 + below(most)) }, () =>
        left.splice(below(left.length), 1),
      ).flat();
    },
  };
}

const departments = ['Sales', 'Support', 'Legal'];
const idOf = (kind: string, number: number) =>
  `${kind}0000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
export const groupIdOf = (number: number) => toGroupId(idOf('a', number));
export const skuIdOf = (number: number) => toSkuId(idOf('b', number));
export const planIdOf = (number: number) => toServicePlanId(idOf('c', number));
export const userIdOf = (number: number) => toUserId(idOf('d', number));

/** Every SKU has plans of its own, so that no two of them exclude each other. */
export function makeNamedCase(draw: Draw): NamedCase {
  const groups = Array.from({ length: 3 + draw.below(3) }, (_, number): FoundGroup => ({
    id: groupIdOf(number),
    displayName: `SG-${['North', 'South', 'Ärzte', 'Team É', "O'Neil", 'Staff'][number] ?? ''}`,
    securityEnabled: true,
  }));
  const skus = Array.from({ length: 3 + draw.below(2) }, (_, number): SubscribedSku => ({
    skuId: skuIdOf(number),
    skuPartNumber: ['ALPHA', 'BETA_E3', 'GAMMA', 'DELTA_E5'][number] ?? '',
    appliesTo: 'User',
    capabilityStatus: 'Enabled',
    enabledUnits: 10_000,
    consumedUnits: 0,
    servicePlans: Array.from({ length: 2 + draw.below(3) }, (_plan, plan) => ({
      servicePlanId: planIdOf(number * 10 + plan),
      servicePlanName: `PLAN_${String(number)}_${String(plan)}`,
      appliesTo: 'User',
      provisioningStatus: 'Success',
    })),
  }));
  const users = new Map(
    Array.from({ length: 5 + draw.below(4) }, (_, number) => [
      userIdOf(number),
      {
        department: draw.of(departments),
        groups: new Set(draw.some(groups, 2).map(({ id }) => id as string)),
      },
    ]),
  );
  return { groups, skus, users, ...makePolicy(draw, groups, skus) };
}

function makePolicy(draw: Draw, groups: NamedCase['groups'], skus: NamedCase['skus']) {
  const named = { groups: new Set<string>(), skus: new Set<string>(), plans: new Set<string>() };
  const nameGroup = () => {
    const name = draw.of(groups).displayName;
    named.groups.add(name);
    return name;
  };
  const quote = (text: string) => `"${text}"`;
  const grant = (sku: SubscribedSku): string => {
    named.skus.add(sku.skuPartNumber);
    const kind = draw.of(['all', 'disable', 'enable']);
    const plans = draw.some(sku.servicePlans, sku.servicePlans.length - 1).map((one) => one.servicePlanName);
    if (kind !== 'all') for (const plan of plans) named.plans.add(plan);
    const others = skus.filter((one) => one !== sku);
    const fallback = draw.is(0.2) ? [draw.of(others)] : [];
    for (const one of fallback) named.skus.add(one.skuPartNumber);
    return `{ sku: ${sku.skuPartNumber}${kind === 'all' ? '' : `, ${kind}: [${plans.join(', ')}]`}${
      fallback.length === 0 ? '' : `, fallback: [${fallback.map((one) => one.skuPartNumber).join(', ')}]`
    } }`;
  };
  const rules = Array.from({ length: 1 + draw.below(4) }, (_, number) => {
    const kind = draw.of(['memberOf', 'memberOf', 'condition', 'department', 'both']);
    const lines = [`  - name: rule-${String(number)}`];
    if (kind === 'memberOf' || kind === 'both') {
      lines.push(
        `    memberOf: [${[nameGroup(), ...(draw.is(0.3) ? [nameGroup()] : [])].map(quote).join(', ')}]`,
      );
    }
    if (kind === 'condition') {
      lines.push(
        `    when: 'user.memberOf -any (group.displayName -eq "${nameGroup().replaceAll("'", "''")}")'`,
      );
    }
    if (kind === 'department' || kind === 'both') {
      lines.push(`    when: 'user.department -eq "${draw.of(departments)}"'`);
    }
    lines.push(`    assign: [${draw.some(skus, 2).map(grant).join(', ')}]`);
    if (draw.is(0.2)) {
      const [plan] = draw.of(skus).servicePlans;
      if (plan !== undefined) {
        named.plans.add(plan.servicePlanName);
        lines.push(`    without: [${plan.servicePlanName}]`);
      }
    }
    return lines.join('\n');
  });
  const exclusive = draw.is(0.3) ? draw.some(skus, 2) : [];
  for (const one of exclusive.length > 1 ? exclusive : []) named.skus.add(one.skuPartNumber);
  const policyText = `version: 1
rules:
${rules.join('\n')}
${exclusive.length > 1 ? `exclusive: [[${exclusive.map((one) => one.skuPartNumber).join(', ')}]]\n` : ''}removal: { mode: remove, grace: 0d }
guards: none
`;
  return {
    policyText,
    named: { groups: [...named.groups], skus: [...named.skus], plans: [...named.plans] },
  };
}
