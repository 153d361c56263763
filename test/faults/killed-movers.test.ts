import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toUserId } from '../../shared/kernel/ids';
import { holdRequest } from '../support/faults/graph-holds';
import { joiner, judgedLog, waitUntilQuiet } from '../support/judge-joiner';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import type { TestCloud } from '../support/local-cloud';
import { operationFor, sendHints, sendTo } from '../support/queue-messages';
import { waitUntil } from '../support/wait-until';
import { queueNames } from '../../shared/queue/queues';

// Real ids: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
const f1 = '66b55226-6b4f-492c-910c-a3b7a3c9d993';
const e3 = '05e9a617-0261-4cee-bb44-138d3ef5d965';

const idOf = (number: number) => `eeeeeeee-0000-4000-8000-00000000000${number}`;
const phases = [
  ['while apply reads the user', idOf(1), { method: 'GET', path: '', phase: 'before' }],
  ['before the swap takes effect', idOf(2), { method: 'POST', path: '/assignLicense', phase: 'before' }],
  ['after the swap took effect', idOf(3), { method: 'POST', path: '/assignLicense', phase: 'after' }],
] as const;

/**
 * Movers have a license to lose, which joiners have not: from Production (SPE_F1) to HR (SPE_E3), two SKUs of which
 * the policy wants the best one only. Hints are sent by hand, so that the first read of the first mover is apply's.
 */
describe('a functions host that is killed while movers swap licenses', () => {
  let test: TestCloud;
  beforeAll(async () => {
    test = await leaseTestCloud('hints');
  });
  afterAll(() => test?.stop());

  const ids = phases.map(([, id]) => id);
  const holds = async (id: string, sku: string) => {
    const { state, ledger } = await test.stores.users.read(toUserId(id));
    return (
      state?.outcome === 'licensed' && state.intent === null && ledger.some(({ skuId }) => skuId === sku)
    );
  };
  const allHold = (sku: string) =>
    waitUntil(`all hold ${sku}`, async () =>
      (await Promise.all(ids.map((id) => holds(id, sku)))).every(Boolean),
    );

  it('leaves each with the one license, by one swap, and never without any', async () => {
    await test.bring(
      ids.map((id, index) => joiner(`mover.${index}`, { id, usageLocation: 'NL', department: 'Production' })),
    );
    await sendHints(test, ids);
    await allHold(f1);
    await waitUntilQuiet(test);
    const log = async () => (await judgedLog(test)).filter(({ userId }) => ids.includes(userId));
    const before = (await log()).length;
    for (const id of ids) await test.graph('PATCH', `/users/${id}`, { department: 'HR' });
    const held = await Promise.all(
      phases.map(([, id, { path, ...rule }]) => holdRequest(test, { ...rule, path: `/users/${id}${path}` })),
    );

    const [reading, ...writing] = ids;
    await sendTo(test, queueNames.licenseChanges, [
      operationFor(reading ?? '', { kind: 'remove', remove: [f1] }),
    ]);
    await sendHints(test, writing);
    await Promise.all(held.map((hold) => hold.caught()));
    await test.cloud.processes.functions.kill('SIGKILL');
    await test.cloud.processes.functions.restart();
    await allHold(e3);
    for (const hold of held) await hold.release();
    await waitUntilQuiet(test);

    const swaps = (await log())
      .slice(before)
      .filter(({ kind, effective }) => kind === 'assignLicense' && effective);
    expect(swaps.map(({ userId }) => userId).sort()).toEqual([...ids].sort());
    for (const { add, remove, after } of swaps) {
      expect(add?.map(({ skuId }) => skuId)).toEqual([e3]);
      expect(remove).toEqual([f1]);
      expect(after?.directLicenses.map(({ skuId }) => skuId)).toEqual([e3]);
    }
    for (const id of ids) {
      const { ledger } = await test.stores.users.read(toUserId(id));
      expect(ledger.map(({ skuId }) => skuId)).toEqual([e3]);
      const { body } = await test.graph('GET', `/users/${id}?$select=id,assignedLicenses`);
      expect(body['assignedLicenses']).toMatchObject([{ skuId: e3 }]);
    }
    expect(test.exits).toEqual([]);
  });
});
