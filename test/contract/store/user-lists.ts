import type { TableClient } from '@azure/data-tables';
import { expect, it } from '@jest/globals';
import { toSkuId } from '../../../shared/kernel/ids';
import type { UserRecord, UserStore } from '../../../shared/store/ports/user-store';
import { ledgerEntry, userId, userState } from '../../support/user-states';

// EMS and SPE_E5, https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
const ems = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');
const speE5 = toSkuId('06ebc4ee-1bb5-47dd-8120-11324bc54e06');
const seen = { version: 1, step: 'seen', at: 1_001, text: 'seen', facts: { source: 'delta' } } as const;

/** What a user store lists and counts; both give what the tests of its file have begun. */
export function describeUserLists({
  users,
  raw,
}: {
  readonly users: () => UserStore;
  readonly raw: () => TableClient;
}): void {
  it('lists the users of some outcomes', async () => {
    for (const [number, outcome] of [
      [15, 'waiting'],
      [16, 'blocked'],
      [17, 'failed'],
    ] as const) {
      await users().commit(await users().read(userId(number)), { state: userState({ outcome }) });
    }

    const listed: string[] = [];
    for await (const one of users().listByOutcome(['waiting', 'blocked'])) listed.push(one.userId);
    const none: string[] = [];
    for await (const one of users().listByOutcome([])) none.push(one.userId);

    expect(listed.slice(-2)).toEqual([userId(15), userId(16)]);
    expect(listed).not.toContain(userId(17));
    expect(none).toEqual([]);
  });

  it('leaves a damaged row out of every list, and lists the others', async () => {
    const [damaged, whole] = [userId(18), userId(19)];
    for (const id of [damaged, whole]) {
      const none = { userId: id, etag: null, state: null, ledger: [], exception: null };
      await users().commit(none, { state: userState({ outcome: 'held' }) });
    }
    const row = { partitionKey: damaged, rowKey: 'state', outcome: 'held', json: '{"version":"1"}' };
    await raw().upsertEntity(row, 'Replace');

    const listed: string[][] = [];
    for (const list of [users().list(), users().records(), users().listByOutcome(['held'])]) {
      const ids: string[] = [];
      for await (const one of list) ids.push(one.userId);
      listed.push(ids);
    }

    for (const ids of listed) {
      expect(ids).toContain(whole);
      expect(ids).not.toContain(damaged);
    }
    await raw().deleteEntity(damaged, 'state');
  });

  it('lists the states of all users, over several pages', async () => {
    const many = Array.from({ length: 1_050 }, (_, index) => userId(10_000 + index));
    for (let start = 0; start < many.length; start += 50) {
      await Promise.all(
        many
          .slice(start, start + 50)
          .map((id) =>
            users().commit(
              { userId: id, etag: null, state: null, ledger: [], exception: null },
              { state: userState() },
            ),
          ),
      );
    }

    const listed = new Set<string>();
    for await (const { userId: id } of users().list()) listed.add(id);

    expect(many.every((id) => listed.has(id))).toBe(true);
  });

  it('gives the records of all users, each whole and once, and as reading it alone does', async () => {
    const both = await users().commit(await users().read(userId(20_001)), {
      state: userState(),
      ledger: [ledgerEntry(ems), ledgerEntry(speE5)],
      exception: { skus: [], until: null, why: 'test', by: 'ann', at: 1 },
      timeline: [seen],
    });
    const bare = await users().commit(await users().read(userId(20_002)), { state: userState() });

    const found: UserRecord[] = [];
    for await (const record of users().records()) found.push(record);

    const ids = found.map(({ userId: id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual([...ids].sort());
    expect(found.find((record) => record.userId === both.userId)).toEqual(await users().read(both.userId));
    expect(found.find((record) => record.userId === bare.userId)).toEqual(bare);
  });

  it('counts users by their ledgers, each once', async () => {
    const before = await users().countWithLedger();
    for (const [index, ledger] of [[ems, speE5], [ems], []].entries()) {
      const record = await users().read(userId(900 + index));
      await users().commit(record, {
        state: userState(),
        ledger: ledger.map(ledgerEntry),
        timeline: [seen],
      });
    }

    const after = await users().countWithLedger();

    expect(after - before).toBe(2);
  });
}
