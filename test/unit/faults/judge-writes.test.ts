import { describe, expect, it } from '@jest/globals';
import { History } from '../../../faults/judge/history';
import { judgeWrites } from '../../../faults/judge/judge-writes';
import type { Change } from '../../../faults/script/script';
import { plans, skus, userIdOf } from '../../../faults/script/tenant-model';
import type { PlanName, PolicyModel, SkuName, TenantModel } from '../../../faults/script/tenant-model';
import { changeTenant } from '../../../faults/world/change-tenant';
import { openTenant } from '../../../faults/world/tenant';
import { VirtualTime } from '../../../rehearsal/world/virtual-time';
import { seededRandom } from '../../../shared/kernel/random';

const startAt = Date.UTC(2026, 4, 4, 8);
const hourMs = 3_600_000;
const grant = (sku: SkuName, off: readonly PlanName[] = []) => ({ sku, off, fallback: [], priority: 0 });
const policy: PolicyModel = {
  rules: [
    {
      name: 'sales',
      department: 'Sales',
      grants: [grant('EMS', ['INTUNE_A']), grant('SPE_E5')],
      without: [],
    },
    { name: 'finance', department: 'Finance', grants: [grant('SPE_E3')], without: [] },
  ],
  isFamilyExclusive: true,
  isScoped: true,
  removal: '0d',
  guard: null,
};
const tenant: TenantModel = {
  seats: { EMS: 10, SPE_E3: 10, SPE_E5: 10, POWER_BI_PRO: 10 },
  isNested: false,
  users: [
    { user: 1, department: 'Sales', memberOf: [], manual: [{ sku: 'POWER_BI_PRO', off: [] }] },
    { user: 2, department: 'Finance', memberOf: [], manual: [] },
  ],
};

/** A tenant, and the app as it must not be. */
function makeWorld() {
  const time = new VirtualTime(startAt);
  const graph = openTenant(tenant, time, seededRandom(1));
  const history = new History(graph, [policy], [1, 2]);
  history.note(startAt);
  const changes: Change[] = [];
  const authorization = `Bearer ${graph.issueToken()}`;
  const headers: Readonly<Record<string, string>> = { authorization, 'content-type': 'application/json' };
  return {
    pass: (ms: number) => time.run(time.elapsedMs + ms),
    change: (change: Change) => {
      changes.push(change);
      if (!('by' in change)) changeTenant(graph, change);
      history.note(time.now);
    },
    write: async (
      user: number,
      add: Readonly<Partial<Record<SkuName, readonly PlanName[]>>>,
      remove: readonly SkuName[] = [],
    ) => {
      const addLicenses = Object.entries(add).map(([sku, off]) => ({
        skuId: skus[sku as SkuName].id,
        disabledPlans: off.map((plan) => plans[plan]),
      }));
      const answer = await graph.answer({
        method: 'POST',
        url: `/v1.0/users/${userIdOf(user)}/assignLicense`,
        header: (name) => headers[name],
        text: JSON.stringify({ addLicenses, removeLicenses: remove.map((sku) => skus[sku].id) }),
      });
      expect(answer.status).toBe(200);
    },
    now: () => time.elapsedMs,
    judge: () =>
      judgeWrites(graph, history, { changes }, [], startAt).problems.map(
        ({ kind, text }) => `${kind}: ${text}`,
      ),
  };
}

describe('judging what the app wrote', () => {
  it('finds nothing wrong with what the policy grants, and with what goes after it granted it no more', async () => {
    const t = makeWorld();
    await t.write(1, { EMS: ['INTUNE_A'], SPE_E5: [] });
    t.change({ kind: 'move', at: t.now(), user: 1, department: 'Finance' });
    await t.pass(hourMs);
    await t.write(1, { SPE_E3: [] }, ['SPE_E5', 'EMS']);
    expect(t.judge()).toEqual([]);
  });

  it('finds a license that was taken although the policy grants it, and its repeat', async () => {
    const t = makeWorld();
    await t.write(1, { EMS: ['INTUNE_A'] });
    await t.pass(hourMs);
    await t.write(1, {}, ['EMS']);
    await t.write(1, { EMS: ['INTUNE_A'] });
    expect(t.judge()).toEqual([
      'wronglyRemoved: user 1, write 2: took EMS, which the policy grants',
      'doubled: user 1: write 3 repeats 1',
    ]);
  });

  it('finds a license taken that a person gave, but not one that a person gave in the place of the app’s', async () => {
    const t = makeWorld();
    await t.write(1, {}, ['POWER_BI_PRO']);
    expect(t.judge()).toEqual([
      'wronglyRemoved: user 1, write 1: took POWER_BI_PRO, which was not the app’s'.replace('’', "'"),
    ]);
    const other = makeWorld();
    other.change({ kind: 'adminAssign', at: other.now(), user: 2, sku: 'EMS', off: [] });
    await other.pass(hourMs);
    await other.write(2, {}, ['EMS']);
    expect(other.judge()).toEqual([]);
  });

  it('finds plans that were switched off, a gap in a swap, and what no policy grants', async () => {
    const t = makeWorld();
    await t.write(1, { EMS: ['AAD_PREMIUM', 'INTUNE_A'] });
    await t.write(1, { EMS: ['INTUNE_A'], SPE_E5: [] });
    await t.write(1, { SPE_E5: ['TEAMS1'] });
    await t.pass(hourMs);
    t.change({ kind: 'move', at: t.now(), user: 1, department: 'Finance' });
    await t.pass(hourMs);
    await t.write(1, {}, ['SPE_E5']);
    await t.write(2, { POWER_BI_PRO: [] });
    expect(t.judge()).toEqual([
      'wronglyRemoved: user 1, write 3: switched TEAMS1 of SPE_E5 off, which the policy leaves on',
      'wronglyRemoved: user 1, write 4: a gap in a swap',
      'wronglyGiven: user 2, write 5: gave POWER_BI_PRO, which the policy did not grant',
    ]);
  });

  it('does not blame a write for what changed just before it', async () => {
    const t = makeWorld();
    await t.write(1, { EMS: ['INTUNE_A'] });
    t.change({ kind: 'move', at: t.now(), user: 1, department: 'Legal' });
    await t.pass(20 * 60_000);
    t.change({ kind: 'move', at: t.now(), user: 1, department: 'Sales' });
    await t.pass(10_000);
    await t.write(1, {}, ['EMS']);
    expect(t.judge()).toEqual([]);
  });
});
