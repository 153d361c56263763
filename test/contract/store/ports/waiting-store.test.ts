import { beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../../shared/kernel/clock';
import { toSkuId } from '../../../../shared/kernel/ids';
import { silentLogger } from '../../../../shared/kernel/logger';
import { seededRandom } from '../../../../shared/kernel/random';
import { makeTableStores } from '../../../../shared/store/tables/table-stores';
import type { WaitingStore } from '../../../../shared/store/ports/waiting-store';
import { leaseTables } from '../../../support/clouds/lease-tables';
import type { LentTables } from '../../../support/clouds/lease-tables';
import { userId } from '../../../support/user-states';
import type { WaitingEntry } from '../../../../shared/words/waiting';

let azurite: LentTables;
const open = (): WaitingStore =>
  makeTableStores({ ...azurite, clock: systemClock, random: seededRandom(1), logger: silentLogger }).waiting;
let waiting: WaitingStore;
beforeAll(async () => {
  azurite = await leaseTables();
  waiting = open();
});

const sku = (number: number) => toSkuId(`aaaaaaaa-0000-4000-8000-${String(number).padStart(12, '0')}`);
const place = (
  skuNumber: number,
  user: number,
  more: Partial<Omit<WaitingEntry, 'grantedUntil' | 'etag'>> = {},
) => ({
  skuId: sku(skuNumber),
  userId: userId(user),
  userPrincipalName: `user${user}@contoso.com`,
  priority: 0,
  since: 1_000,
  fallback: null,
  ...more,
});
async function listed(skuNumber: number): Promise<WaitingEntry[]> {
  const found: WaitingEntry[] = [];
  for await (const entry of waiting.list(sku(skuNumber))) found.push(entry);
  return found;
}
const order = async (skuNumber: number) => (await listed(skuNumber)).map((entry) => entry.userId);

describe('TableWaitingStore', () => {
  it('lists by priority, then by waiting time, then by id', async () => {
    await waiting.put(place(1, 4, { since: 500 }));
    await waiting.put(place(1, 3, { since: 900 }));
    await waiting.put(place(1, 2, { priority: 10, since: 2_000 }));
    await waiting.put(place(1, 1, { since: 900 }));

    expect(await order(1)).toEqual([2, 4, 1, 3].map(userId));
  });

  it('brings an entry up to date, and keeps its time and its grant', async () => {
    await waiting.put(place(2, 1, { since: 100 }));
    const [entry] = await listed(2);
    await waiting.reserve(entry as WaitingEntry, 9_000);

    await waiting.put(place(2, 1, { since: 5_000, priority: 7, fallback: sku(3) }));

    expect(await listed(2)).toMatchObject([
      {
        since: 100,
        priority: 7,
        fallback: sku(3),
        grantedUntil: 9_000,
        userPrincipalName: 'user1@contoso.com',
      },
    ]);
  });

  it('sorts anew when a priority changes', async () => {
    await waiting.put(place(4, 1));
    await waiting.put(place(4, 2, { since: 2_000 }));

    await waiting.put(place(4, 2, { priority: 5 }));

    expect(await order(4)).toEqual([2, 1].map(userId));
  });

  it('grants an entry as it was read, and no other: of two who grant the same, one does', async () => {
    await waiting.put(place(5, 1));
    const [entry] = await listed(5);
    if (entry === undefined) throw new Error('not listed');

    const granted = await Promise.all([waiting.reserve(entry, 10), open().reserve(entry, 20)]);

    expect(granted.filter(Boolean)).toHaveLength(1);
    expect((await listed(5))[0]?.grantedUntil).toBe(granted[0] ? 10 : 20);
  });

  it('grants nothing to who has left', async () => {
    await waiting.put(place(6, 1));
    const [entry] = await listed(6);
    await waiting.remove(userId(1), [sku(6)]);

    expect(await waiting.reserve(entry as WaitingEntry, 10)).toBe(false);
    expect(await listed(6)).toEqual([]);
  });

  it('takes a grant back', async () => {
    await waiting.put(place(7, 1));
    await waiting.reserve((await listed(7))[0] as WaitingEntry, 10);

    await waiting.reserve((await listed(7))[0] as WaitingEntry, null);

    expect((await listed(7))[0]?.grantedUntil).toBeNull();
  });

  it('removes a user from the lists named, or from all of them', async () => {
    await waiting.put(place(8, 20));
    await waiting.put(place(9, 20));
    await waiting.put(place(10, 20));

    await waiting.remove(userId(20), [sku(8)]);
    const left = (await waiting.ofUser(userId(20))).map(({ skuId }) => skuId);
    await waiting.remove(userId(20));

    expect(left).toEqual([sku(9), sku(10)]);
    expect(await waiting.ofUser(userId(20))).toEqual([]);
  });

  it('removes who is not there without a word', async () => {
    await expect(waiting.remove(userId(77), [sku(8)])).resolves.toBeUndefined();
  });

  it('knows the SKUs that users wait for, with how many', async () => {
    await waiting.put(place(90, 1));
    await waiting.put(place(90, 2));
    await waiting.put(place(91, 1));
    await waiting.noteServed(sku(92), 1, 1);

    const skus = await waiting.skus();
    const counts = await waiting.counts();

    expect(skus).toEqual(expect.arrayContaining([sku(90), sku(91)]));
    expect(skus).not.toContain(sku(92));
    expect([...counts.keys()].sort()).toEqual([...skus].sort());
    expect([counts.get(sku(90)), counts.get(sku(91))]).toEqual([2, 1]);
  });

  it('lists more than a page', async () => {
    const many = Array.from({ length: 1_050 }, (_, index) => place(11, index, { since: index }));
    for (let start = 0; start < many.length; start += 50) {
      await Promise.all(many.slice(start, start + 50).map((entry) => waiting.put(entry)));
    }

    const found = await order(11);

    expect(found).toHaveLength(1_050);
    expect(found[1_049]).toBe(userId(1_049));
  });

  it('remembers how a list was served, the last fifty times', async () => {
    for (let at = 1; at <= 52; at++) await waiting.noteServed(sku(12), at, 2);
    await waiting.noteRefused(sku(12), 99);

    const service = await waiting.service(sku(12));

    expect(service.refusedUntil).toBe(99);
    expect(service.served).toHaveLength(50);
    expect(service.served.at(-1)).toEqual({ at: 52, seats: 2 });
    expect(await waiting.service(sku(13))).toEqual({ refusedUntil: null, served: [] });
  });
});
