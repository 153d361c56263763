import { describe, expect, it } from '@jest/globals';
import type { UserId } from '../../../../shared/kernel/ids';
import { decide } from '../../../../shared/licensing/decide';
import { effectOf } from '../../../../shared/licensing/preview/planned-effect';
import { makePreviewBuilder } from '../../../../shared/licensing/preview/preview';
import { keepLines } from '../../../../shared/licensing/preview/preview-users';
import { makeSeatTally } from '../../../../shared/licensing/preview/seat-tally';
import { stateDigest } from '../../../../shared/licensing/state-digest';
import type { Situation } from '../support/tenant';
import {
  aGrant,
  aPolicy,
  aRule,
  anInput,
  day,
  direct,
  disable,
  inherited,
  now,
  ours,
  plans,
  sku,
  tenantWith,
} from '../support/tenant';

const policy = aPolicy({
  rules: [aRule('rule', { assign: [aGrant('SPE_E5'), aGrant('EMS', { plans: disable('INTUNE_A') })] })],
  prices: { SPE_E5: 57.1, EMS: 8.2 },
});
const catalogue = tenantWith({
  SPE_E5: { enabledUnits: 10, consumedUnits: 8 },
  EMS: { enabledUnits: 100, consumedUnits: 50 },
  POWER_BI_PRO: { enabledUnits: 20, consumedUnits: 20 },
});
const userId = (number: number) => `0a6f6f4e-0000-4000-8000-00000000000${number}` as UserId;

const joiner: Situation = {};
const situations: Situation[] = [
  joiner,
  // Has our EMS with Intune on, and a license that goes.
  {
    direct: [direct('EMS'), direct('SPE_E5'), direct('POWER_BI_PRO')],
    ledger: [ours('EMS'), ours('SPE_E5'), ours('POWER_BI_PRO', { notEntitledSince: now - 40 * day })],
  },
  // Has all from groups but for one plan.
  { inherited: [inherited('SPE_E5', 'MCOEV'), inherited('EMS', 'INTUNE_A')] },
  joiner,
  joiner,
  // All is right.
  {
    direct: [direct('EMS', 'INTUNE_A'), direct('SPE_E5')],
    ledger: [ours('EMS', { disabledByUs: plans('INTUNE_A') }), ours('SPE_E5')],
  },
];

function planOf(order: readonly number[]) {
  const kept = keepLines();
  const builder = makePreviewBuilder(policy, catalogue, kept);
  const { seats, ...tally } = makeSeatTally(catalogue);
  for (const number of order) {
    const input = { ...anInput({ policy, catalogue, ...situations[number] }), seats };
    const user = { id: userId(number), userPrincipalName: `user${number}@contoso.com` };
    const effect = effectOf(input, decide(input));
    const digest = stateDigest({ ...input, seats: anInput().seats });
    builder.add(user, input.ledger.length > 0, effect, digest);
    tally.add(effect.seats);
  }
  return kept.whole(builder.finish());
}

describe('a plan', () => {
  const plan = planOf([0, 1, 2, 3, 4, 5]);

  it('counts the outcomes', () => {
    expect([plan.users, plan.outcomes]).toEqual([
      6,
      expect.objectContaining({ licensed: 4, waiting: 1, nothing: 1, blocked: 0 }),
    ]);
  });

  it('gives seats to as many as there are, and says who waits', () => {
    const e5 = plan.seats.find((one) => one.skuPartNumber === 'SPE_E5');

    // Two joiners get the two seats; who has the SKU from a group costs no other.
    expect(e5).toEqual({
      skuId: sku('SPE_E5'),
      skuPartNumber: 'SPE_E5',
      enabled: 10,
      consumedBefore: 8,
      consumedAfter: 10,
      waiting: 1,
    });
    expect(plan.seats.map((one) => [one.skuPartNumber, one.consumedAfter - one.consumedBefore])).toEqual([
      ['EMS', 3],
      ['POWER_BI_PRO', -1],
      ['SPE_E5', 2],
    ]);
  });

  it('says for each user what comes, what goes and what changes', () => {
    const [gaining, changing, adding] = plan.lines;

    expect(gaining).toMatchObject({ gains: [sku('SPE_E5'), sku('EMS')].sort(), loses: [], reduction: false });
    expect(changing).toMatchObject({
      user: { id: userId(1), userPrincipalName: 'user1@contoso.com' },
      gains: [],
      loses: [sku('POWER_BI_PRO')],
      plansOff: [{ skuId: sku('EMS'), servicePlanIds: plans('INTUNE_A') }],
      plansOn: [],
      reduction: true,
    });
    expect(adding?.gains).toEqual([sku('SPE_E5')]);
    expect(plan.lines.map((line) => line.user.id)).not.toContain(userId(5));
  });

  it('adds up the cost and what the guards would count', () => {
    expect(plan.cost).toEqual({ before: 866.8, after: 1005.6 });
    expect(plan.guards).toEqual({ usersWithLedger: 2, reductions: 1, changes: 1 });
  });

  it('is bound to the policy and to the state, whatever the order of users', () => {
    expect(plan.policyHash).toBe(policy.hash);
    expect(planOf([5, 4, 3, 2, 1, 0]).stateHash).toBe(plan.stateHash);
    expect(planOf([0, 1, 2, 3, 4]).stateHash).not.toBe(plan.stateHash);
    expect(plan.stateHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('has no cost without prices', () => {
    const kept = keepLines();
    expect(kept.whole(makePreviewBuilder(aPolicy(), catalogue, kept).finish())).toMatchObject({
      users: 0,
      cost: null,
      lines: [],
      seats: [],
    });
  });
});
