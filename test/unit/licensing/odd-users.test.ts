import { describe, expect, it } from '@jest/globals';
import { toGroupId, toServicePlanId, toSkuId, toUserId } from '../../../shared/kernel/ids';
import { makeCatalogue } from '../../../shared/licensing/catalogue/catalogue';
import { decide } from '../../../shared/licensing/decide';
import { microsoftConflicts } from '../../../shared/licensing/service-plans/known-conflicts';
import { loadPolicy } from '../../../shared/policy/file/load-policy';
import { groupIds, makeOddUsers, oddPolicy, plans, skus } from '../../support/odd-users/make-odd-users';
import type { OddUser, PlanName, SkuName } from '../../support/odd-users/make-odd-users';
import { expectedOf, showHeld } from '../../support/odd-users/oracle';

const now = Date.UTC(2026, 5, 15, 12);
const { policy } = loadPolicy(oddPolicy, { file: 'policy.yaml' });
const catalogue = makeCatalogue(
  Object.entries(skus).map(([skuPartNumber, { id, plans: names }]) => ({
    skuId: toSkuId(id),
    skuPartNumber,
    appliesTo: 'User',
    capabilityStatus: 'Enabled',
    enabledUnits: 10_000,
    consumedUnits: 0,
    servicePlans: names.map((name) => ({
      servicePlanId: toServicePlanId(plans[name]),
      servicePlanName: name,
      appliesTo: 'User',
      provisioningStatus: 'Success',
    })),
  })),
);
const skuNames = Object.keys(skus) as SkuName[];
const planNames = Object.keys(plans) as PlanName[];
const toOff = (off: readonly PlanName[]) => off.map((name) => toServicePlanId(plans[name]));

/** What the user holds directly once what is decided has been written. */
function holdAfter(user: OddUser): string {
  if (policy === null) throw new Error('The policy is not valid');
  const license = (name: SkuName, off: readonly PlanName[]) => ({
    skuId: toSkuId(skus[name].id),
    disabledPlans: toOff(off),
    state: 'Active',
    error: null,
  });
  const inherited = user.groups.flatMap((group) =>
    group === 'e3' || group === 'e3WithoutYammer'
      ? [
          {
            ...license('SPE_E3', group === 'e3' ? [] : ['YAMMER_ENTERPRISE']),
            groupId: toGroupId(groupIds[group]),
          },
        ]
      : [],
  );
  const member = (name: keyof typeof groupIds) => ({ id: toGroupId(groupIds[name]), displayName: name });
  const { operation } = decide({
    policy,
    user: { id: toUserId(user.id), properties: user.properties, deleted: false },
    memberships: {
      transitive: [
        ...user.groups.map(member),
        ...(user.groups.includes('nested') ? [member('engineers')] : []),
      ],
      named: {
        ids: new Map([['sg-engineers', new Set([toGroupId(groupIds.engineers)])]]),
        unsure: new Map(),
      },
    },
    holding: {
      direct: user.hand === null ? [] : [license(...user.hand)],
      inherited,
      usageLocation: user.usageLocation,
    },
    catalogue,
    seats: { free: () => 1_000, listOnly: () => false },
    ledger: [],
    exception: null,
    learntConflicts: microsoftConflicts,
    knownPlans: new Map(),
    previous: null,
    permissions: 'full',
    now,
  });
  expect(operation?.remove ?? []).toEqual([]);
  const held = new Map(user.hand === null ? [] : [user.hand]);
  for (const { skuId, disabledPlans } of operation?.add ?? []) {
    const name = skuNames.find((one) => skus[one].id === skuId) as SkuName;
    const off = disabledPlans.map((id) => planNames.find((one) => plans[one] === id) as PlanName);
    held.set(name, off.sort());
  }
  return showHeld(held);
}

describe('users as real tenants have them', () => {
  it('300 odd ones hold in the end just what an oracle of its own says', () => {
    const users = makeOddUsers(300, 5, now);

    const differ = users.flatMap((user) => {
      const [is, should] = [holdAfter(user), showHeld(expectedOf(user))];
      return is === should ? [] : [`${JSON.stringify(user)} holds ${is} and should hold ${should}`];
    });

    expect(differ).toEqual([]);
    // The oracle is no stub: it gives, it leaves alone, and it refuses.
    const given = users.filter((user) => expectedOf(user).size > (user.hand === null ? 0 : 1));
    expect(given.length).toBeGreaterThan(60);
    expect(given.length).toBeLessThan(240);
  });
});
