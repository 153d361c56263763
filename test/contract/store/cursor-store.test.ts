import { beforeAll, describe, expect, it } from '@jest/globals';
import { ConcurrencyError } from '../../../shared/kernel/errors';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import { makeTableStores } from '../../../shared/store/tables/table-stores';
import { leaseTables } from '../../support/clouds/lease-tables';
import type { LentTables } from '../../support/clouds/lease-tables';
import { ManualClock } from '../../support/manual-clock';
import type { CursorStore } from '../../../shared/store/ports/cursor-store';

let azurite: LentTables;
let cursors: CursorStore;
const clock = new ManualClock(5_000);
beforeAll(async () => {
  azurite = await leaseTables();
  cursors = makeTableStores({ ...azurite, clock, random: seededRandom(1), logger: silentLogger }).cursors;
});

describe('TableCursorStore', () => {
  it('is empty before anything was committed', async () => {
    expect(await cursors.read('users')).toEqual({ etag: null, value: null, updatedAt: null });
  });

  it('reads back a link of any length, with its time', async () => {
    const link = `https://graph.microsoft.com/v1.0/users/delta?$deltatoken=${'tok/en#?'.repeat(10_000)}`;

    const committed = await cursors.commit('a/strange#name?', await cursors.read('a/strange#name?'), link);

    expect(committed).toMatchObject({ value: link, updatedAt: 5_000 });
    expect(await cursors.read('a/strange#name?')).toEqual(committed);
  });

  it('moves on only from where it was read', async () => {
    const first = await cursors.commit('groups', await cursors.read('groups'), 'one');
    const second = await cursors.commit('groups', first, 'two');

    const late = cursors.commit('groups', first, 'other two');

    await expect(late).rejects.toBeInstanceOf(ConcurrencyError);
    expect(await cursors.read('groups')).toEqual(second);
  });

  it('reads all at once but those that are not wanted, which can still be read', async () => {
    const [small, large] = [
      await cursors.commit('small', await cursors.read('small'), 's'),
      await cursors.commit('large', await cursors.read('large'), 'l'),
    ];
    const [all, but] = [await cursors.readAll(), await cursors.readAll(['large'])];

    for (const read of [all, but]) {
      expect(await read.read('small')).toEqual(small);
      expect(await read.read('large')).toEqual(large);
      expect(await read.read('none')).toEqual({ etag: null, value: null, updatedAt: null });
    }
    // As they were when they were read together, but for what was left out.
    const next = [await cursors.commit('small', small, 't'), await cursors.commit('large', large, 'm')];
    expect([await but.read('small'), await but.read('large')]).toEqual([small, next[1]]);
  });

  it('lets one of two beginners begin', async () => {
    const nothing = await cursors.read('both');

    const results = await Promise.allSettled([
      cursors.commit('both', nothing, 'mine'),
      cursors.commit('both', nothing, 'yours'),
    ]);

    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});
