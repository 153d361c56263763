import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toUserId } from '../../shared/kernel/ids';
import { holdRequest } from '../support/faults/graph-holds';
import {
  ems,
  joiner,
  judgedLog,
  setFaults,
  waitUntilLicensed,
  waitUntilQuiet,
} from '../support/judge-joiner';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import type { TestCloud } from '../support/local-cloud';
import { sendHints } from '../support/queue-messages';
import { setSeats } from '../support/seats';
import { waitUntil } from '../support/wait-until';

const idOf = (number: number) => `f0f0f0f0-0000-4000-8000-00000000000${number}`;

/** The world moves on while a write is on its way to Graph. Hints are sent by hand. */
describe('a write on its way, while', () => {
  let test: TestCloud;
  beforeAll(async () => {
    test = await leaseTestCloud('hints');
  });
  afterAll(() => test?.stop());

  const stateOf = async (id: string) => (await test.stores.users.read(toUserId(id))).state;
  const effective = async (id: string) =>
    (await judgedLog(test)).filter((entry) => entry.userId === id && entry.effective).map(({ kind }) => kind);

  it('a person gives its user the same license: it stays theirs as it is, and nothing is written twice', async () => {
    const id = idOf(1);
    const hold = await holdRequest(test, {
      method: 'POST',
      path: `/users/${id}/assignLicense`,
      phase: 'before',
    });
    await test.bring([joiner('by.hand', { id, usageLocation: 'NL' })]);
    await sendHints(test, [id]);
    await hold.caught();

    const by = await test.graph('POST', `/users/${id}/assignLicense`, {
      addLicenses: [{ skuId: ems, disabledPlans: [] }],
      removeLicenses: [],
    });
    expect(by.status).toBe(200);
    await hold.release();
    await waitUntilQuiet(test);

    const losses = (await judgedLog(test)).filter(
      ({ userId, after }) => userId === id && after?.directLicenses.length === 0,
    );
    expect(losses).toEqual([]);
    expect((await stateOf(id))?.outcome).toBe('licensed');
  });

  it('the seats run out: its user waits, holds nothing and is no failure; a seat that comes free ends that', async () => {
    const id = idOf(2);
    const { body } = await test.graph('GET', '/subscribedSkus');
    const sku = (
      body['value'] as { skuId: string; consumedUnits: number; prepaidUnits: { enabled: number } }[]
    ).find(({ skuId }) => skuId === ems);
    const hold = await holdRequest(test, {
      method: 'POST',
      path: `/users/${id}/assignLicense`,
      phase: 'before',
    });
    await test.bring([joiner('too.late', { id, usageLocation: 'NL' })]);
    await sendHints(test, [id]);
    await hold.caught();
    await setSeats(test, ems, sku?.consumedUnits ?? 0);
    await hold.release();

    await waitUntil('the user waits', async () => (await stateOf(id))?.outcome === 'waiting');
    await waitUntilQuiet(test);
    expect(await effective(id)).toEqual([]);
    expect((await stateOf(id))?.intent).toBeNull();
    expect(await test.stores.failures.ofSubject(id)).toEqual([]);
    await setSeats(test, ems, sku?.prepaidUnits.enabled ?? 0);
    await waitUntil('the list serves the user', async () => {
      await test.runFunction('waiting-list');
      return (await stateOf(id))?.outcome === 'licensed';
    });
    expect(await effective(id)).toEqual(['assignLicense']);
  });

  it('hosts come and go: one that is told to stop finishes what it has in hand', async () => {
    const ids = Array.from(
      { length: 40 },
      (_, index) => `f1f1f1f1-0000-4000-8000-${String(index).padStart(12, '0')}`,
    );
    await setFaults(test, { writeMs: 200 });
    await test.bring(ids.map((id, index) => joiner(`scaled.${index}`, { id, usageLocation: 'NL' })));
    const written = async () =>
      (await judgedLog(test)).filter(({ userId, effective }) => ids.includes(userId) && effective);

    await sendHints(test, ids.slice(0, 20));
    const second = await test.cloud.addFunctionsHost();
    await waitUntil('some writes', async () => (await written()).length >= 5);
    await sendHints(test, ids.slice(20));
    await second.kill('SIGTERM');
    for (const id of ids) await waitUntilLicensed(test, id);
    await waitUntilQuiet(test);
    await setFaults(test, { writeMs: 0 });

    const writes = await written();
    expect(writes.map(({ userId }) => userId).sort()).toEqual([...ids].sort());
    const calls = (await judgedLog(test)).filter(({ userId }) => ids.includes(userId));
    // No handler was in the middle of a write when the host ended.
    expect(calls).toHaveLength(ids.length);
    expect(test.exits).toEqual([]);
  });
});
