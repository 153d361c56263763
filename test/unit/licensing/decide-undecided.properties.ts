import { expect } from '@jest/globals';
import { decide } from '../../../shared/licensing/decide';
import type { DecideInput } from '../../../shared/licensing/decision';
import { entitle } from '../../../shared/licensing/entitlement/entitlement';
import type { SkuId } from '../../../shared/kernel/ids';
import type { RuleUser } from '../../../shared/policy/condition';
import { plansOff } from './decide.properties';
import type { Case } from './support/arbitrary-case';

/** Every way in which the undecided rules and the scope might turn out. */
function resolutions(user: RuleUser): RuleUser[] {
  const open = ['rule0', 'rule1', 'rule2', 'rule3'].filter((name) => user[name] === undefined);
  return open.reduce<RuleUser[]>(
    (users, name) => users.flatMap((one) => [true, false].map((value) => ({ ...one, [name]: value }))),
    [user],
  );
}

/** The same case with one rule, at least, that cannot be decided. */
function withoutData({ input }: Case): DecideInput {
  const { rule0: _, ...properties } = input.user.properties;
  return { ...input, user: { ...input.user, properties }, exception: null };
}

export function checkUndecided(made: Case): void {
  const input = withoutData(made);
  const user = input.user.properties;
  const possible = resolutions(user);
  const decision = decide(input);
  if (user.inScope === undefined) {
    expect(decision.operation).toBeUndefined();
    return;
  }
  const context = { now: input.now, absent: 'undecided', knownPlans: input.knownPlans } as const;
  const entitlements = possible.map(
    (one) =>
      new Map(
        entitle(input.policy, one, input.memberships, input.catalogue, context).map((sku) => [
          sku.skuId,
          sku,
        ]),
      ),
  );
  const held = plansOff(input.holding);
  const code = (skuId: SkuId) => decision.skus.find((one) => one.skuId === skuId)?.reason.code;

  for (const skuId of decision.operation?.remove ?? []) {
    if (code(skuId) === 'exclusive/superseded') continue;
    for (const one of entitlements) expect(one.has(skuId)).toBe(false);
  }
  for (const { skuId, disabledPlans } of decision.operation?.add ?? []) {
    const before = held.get(skuId);
    if (before === undefined || !entitlements.every((one) => one.has(skuId))) continue;
    for (const plan of disabledPlans.filter((one) => !before.has(one))) {
      for (const one of entitlements) expect(one.get(skuId)?.disabledPlans).toContain(plan);
    }
  }
}
