import { beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { MemoryTables } from '../../../../rehearsal/world/tables/memory-tables';
import { collect } from '../../../../shared/kernel/concurrently';
import { ConcurrencyError } from '../../../../shared/kernel/errors';
import { toGroupId, toSkuId } from '../../../../shared/kernel/ids';
import type { PolicyHash } from '../../../../shared/kernel/ids';
import { silentLogger } from '../../../../shared/kernel/logger';
import { TableRecordStore } from '../../../../shared/store/tables/table-record-store';
import { makeStoresOver } from '../../../../shared/store/tables/table-stores';
import type { AuditEntry } from '../../../../shared/words/audit-entry';
import type { Pause } from '../../../../shared/words/pause';
import type { PolicyBindings } from '../../../../shared/words/policy-version';
import { ManualClock } from '../../../support/manual-clock';
import { withRival } from '../../../support/memory/rival';
import { userId } from '../../../support/user-states';

type Stores = ReturnType<typeof makeStoresOver>;

const clock = new ManualClock(1_000_000);
const tools = { clock, random: () => 0.5, logger: silentLogger };
let tables: MemoryTables;
/** Another process. */
let other: Stores;
beforeEach(() => {
  tables = new MemoryTables();
  other = makeStoresOver(tables.direct(clock), tools);
});

/** A process that finds, when it first writes to this table, that the other one has been there since it read. */
function against(table: string, act: () => Promise<unknown>): Stores {
  const access = tables.direct(clock);
  return makeStoresOver(
    (name) => (name === table ? withRival(access(name), act) : access(name)),
    // Entries of the audit that are of one time have keys by chance.
    { ...tools, random: () => 0.7 },
  );
}

const sku = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');
const failure = {
  subject: userId(1),
  class: 'seats',
  reason: { code: 'seats/exhausted' as const, text: 'No seats' },
  suggestedRepair: 'Buy seats',
  facts: {},
};
const pause = (more: Partial<Pause> = {}): Pause => ({
  ...{ scope: 'apply', origin: 'permission', reason: 'Graph refuses', by: 'the product' },
  ...{ at: 1_000, probedAt: null },
  ...more,
});
const settlement = { by: 'ann', why: 'known', at: 900_000 };

describe('what another process writes between a read and a write', () => {
  it('of the guards is counted as well', async () => {
    const both = { reduction: true, change: true };
    await other.guards.reserve(userId(3), both, () => true);
    const { guards } = against('guards', () => other.guards.reserve(userId(2), both, () => true));

    await guards.reserve(userId(1), both, () => true);

    expect((await other.guards.read(userId(1))).window).toEqual({ reductions: 3, changes: 3 });
  });

  it('of the guards counts when it is asked whether one more is allowed', async () => {
    const both = { reduction: true, change: true };
    await other.guards.reserve(userId(3), both, () => true);
    const { guards } = against('guards', () => other.guards.reserve(userId(2), both, () => true));

    const isAllowed = await guards.reserve(userId(1), both, ({ changes }) => changes < 2);

    expect(isAllowed).toBe(false);
  });

  it('of the names of a policy stays bound', async () => {
    const hash = 'a' as PolicyHash;
    const bound = (name: string, id: number): PolicyBindings => ({
      ...{ skus: [], plans: [] },
      groups: [{ name, groupId: toGroupId(`aaaaaaaa-0000-4000-8000-00000000000${String(id)}`) }],
    });
    await other.policies.add({ hash, text: 'version: 1', storedAt: 1, by: 'ann', knownPlans: [] });
    await other.policies.bind(hash, { skus: [], plans: [] });
    const { policies } = against('policies', () => other.policies.bind(hash, bound('first', 1)));

    await policies.bind(hash, bound('second', 2));

    const names = (await other.policies.read(hash))?.bindings?.groups?.map(({ name }) => name);
    expect(names).toEqual(['first', 'second']);
  });

  it('of a list of waiting users stays: a grant, and what was served', async () => {
    const place = {
      ...{ skuId: sku, userId: userId(1), userPrincipalName: 'a@contoso.com' },
      ...{ priority: 0, since: 1, fallback: null },
    };
    await other.waiting.put(place);
    const [entry] = await collect(other.waiting.list(sku));
    if (entry === undefined) throw new Error('not listed');
    const granting = against('waiting', () => other.waiting.reserve(entry, 9_000));

    await granting.waiting.put({ ...place, priority: 7 });
    expect(await collect(other.waiting.list(sku))).toMatchObject([{ priority: 7, grantedUntil: 9_000 }]);
    expect(await granting.waiting.reserve(entry, 5_000)).toBe(false);

    await other.waiting.noteServed(sku, 1, 1);
    const serving = against('waiting', () => other.waiting.noteServed(sku, 2, 1));
    await serving.waiting.noteServed(sku, 3, 1);
    expect((await other.waiting.service(sku)).served.map(({ at }) => at)).toEqual([1, 2, 3]);
  });

  it('of a failure is counted: who dismisses it dismisses what happened since', async () => {
    await other.failures.record(failure, 10);
    const { failures } = against('failures', () => other.failures.record(failure, 20));

    expect(await failures.dismiss(failure, settlement)).toBe(true);

    expect(await other.failures.ofSubject(failure.subject)).toMatchObject([{ count: 2, state: 'dismissed' }]);
  });

  it('of a failure that is replayed keeps it open', async () => {
    await other.failures.record(failure, 10);
    const [seen] = await other.failures.ofSubject(failure.subject);
    if (seen === undefined) throw new Error('not recorded');
    const { failures } = against('failures', () => other.failures.record(failure, 20));

    expect(await failures.markReplayed(seen, settlement)).toBe(false);

    expect(await other.failures.ofSubject(failure.subject)).toMatchObject([{ count: 2, state: 'open' }]);
  });

  it('of an entry of the audit is told beside the other end', async () => {
    const entry: AuditEntry = {
      ...{ at: 5, by: 'ann', action: 'user/apply', subject: 'x', why: null, facts: {} },
      result: 'asked',
    };
    const key = await other.audit.record(entry);
    const { audit } = against('audit', () => other.audit.amend(key, { result: 'failed' }));

    await audit.amend(key, { result: 'done' });

    const results = (await collect(other.audit.list())).map(({ result }) => result);
    expect(results.sort()).toEqual(['done', 'failed']);
  });

  it.each<[table: string, what: string, take: (stores: Stores, who: string) => Promise<unknown>]>([
    ['control', 'the probe of a pause', (stores) => stores.control.takeProbe('apply', 500_000, 1_000)],
    ['leases', 'a lease', (stores, who) => stores.leases.take('census', who, 10_000)],
  ])('of %s is not done again: %s', async (table, _, take) => {
    await other.control.pause(pause());
    await other.leases.take('census', 'earlier', 0);
    const late = against(table, () => take(other, 'the other'));

    expect(await take(late, 'the late one')).toBe(false);
  });

  it('of a pause: one that a person has set instead stays', async () => {
    await other.control.pause(pause());
    const { control } = against('control', async () => {
      await other.control.resume('apply');
      await other.control.pause(pause({ origin: 'operator', by: 'ann' }));
    });

    expect(await control.resume('apply', 'permission')).toBe(false);

    expect(await other.control.pauses()).toMatchObject([{ origin: 'operator', by: 'ann' }]);
  });

  it('of a pause that cannot be read: one that was set right meanwhile stays', async () => {
    await other.control.pause(pause());
    const [row] = tables.rows('control');
    tables.put('control', { ...row, json: '{' });
    const { control } = against('control', async () => {
      tables.put('control', { ...row, etag: 'another' });
    });

    expect(await control.pause(pause({ origin: 'operator', by: 'ann' }))).toBe(false);

    expect(await other.control.pauses()).toMatchObject([{ origin: 'permission' }]);
  });

  it('of a time of success: the later one stays', async () => {
    await other.control.noteSuccess('apply', 1_000);
    const { control } = against('control', () => other.control.noteSuccess('apply', 3_000));

    await control.noteSuccess('apply', 2_000);

    expect(await other.control.lastSuccess('apply')).toBe(3_000);
  });

  it('of a damaged row: one that was repaired meanwhile stays where it is', async () => {
    await other.control.pause(pause());
    const [good] = tables.rows('control');
    const place = {
      ...{ table: 'control', problem: 'it is not JSON' },
      ...{ partitionKey: String(good?.['partitionKey']), rowKey: String(good?.['rowKey']) },
    };
    tables.put('control', { ...good, json: '{' });
    const { rows } = against('control', async () => {
      tables.put('control', { ...good });
    });

    await expect(rows.setAside(place, 5, false)).rejects.toBeInstanceOf(ConcurrencyError);

    expect(await other.control.pauses()).toMatchObject([{ origin: 'permission' }]);
  });

  it('of a record, a position or the active policy stops who has read the earlier one', async () => {
    const cursor = await other.cursors.commit('users-delta', await other.cursors.read('users-delta'), '1');
    await other.cursors.commit('users-delta', cursor, '2');
    await expect(other.cursors.commit('users-delta', cursor, '3')).rejects.toBeInstanceOf(ConcurrencyError);

    const none = await other.policies.pointer();
    const move = { active: 'a' as PolicyHash, candidate: null, isCandidateApproved: false, left: [] };
    const first = await other.policies.movePointer(none, move);
    await other.policies.movePointer(first, move);
    await expect(other.policies.movePointer(first, move)).rejects.toBeInstanceOf(ConcurrencyError);

    const table = tables.direct(clock)('answers');
    const records = new TableRecordStore(table, 'answer', z.string(), { note: () => undefined });
    const record = await records.create('one', 'first');
    await records.update(record, 'second');
    await expect(records.update(record, 'third')).rejects.toBeInstanceOf(ConcurrencyError);
    const read = await records.read('one');
    expect(read).toMatchObject({ value: 'second' });
    if (read !== undefined) await records.update(read, 'third');
    if (read !== undefined) await expect(records.update(read, 'x')).rejects.toBeInstanceOf(ConcurrencyError);
  });
});
