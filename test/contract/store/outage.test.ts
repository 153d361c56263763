import { TableServiceClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../shared/kernel/clock';
import { TransientError, UserError } from '../../../shared/kernel/errors';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import { makeWriteQuota } from '../../../shared/quota/make-write-quota';
import { makeTableAccess, makeTableStores } from '../../../shared/store/tables/table-stores';
import type { TableStoresOptions } from '../../../shared/store/tables/table-stores';
import { startAzurite } from '../../support/azurite';
import type { Azurite } from '../../support/azurite';
import { userId, userState } from '../../support/user-states';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.close());

const tools = { clock: systemClock, random: seededRandom(1), logger: silentLogger };
const stores = (changes: Partial<TableStoresOptions> = {}) =>
  makeTableStores({ ...azurite, ...tools, ...changes });

describe('an outage of the tables', () => {
  it('is invisible to callers while it is shorter than the budget', async () => {
    // Far longer than the emulator takes to start, also on a machine that does much else.
    const budgetMs = 240_000;
    const { users, cursors } = stores({ budgetMs });
    const quotaTable = makeTableAccess({ ...azurite, ...tools, budgetMs })('quota');
    const before = await users.commit(await users.read(userId(1)), { state: userState() });
    // The emulator writes its file once a second or so; what a crash takes with it is not what is tested here.
    await cursors.commit('c', await cursors.read('c'), 'one');
    await azurite.kill();

    const pending = Promise.all([
      users.read(userId(2)),
      users.commit({ ...before, userId: userId(3), etag: null }, { state: userState({ version: 7 }) }),
      makeWriteQuota(quotaTable, { ratePerSecond: 16 }, tools).acquire('express', 1),
    ]);
    await azurite.start();
    const [empty, written] = await pending;

    expect(empty.state).toBeNull();
    expect(written.state?.version).toBe(7);
    expect((await users.read(userId(3))).state?.version).toBe(7);
  });

  it('is told as TransientError when it is longer', async () => {
    const { users } = stores({ budgetMs: 400 });
    await azurite.kill();

    const read = users.read(userId(4));

    await expect(read).rejects.toBeInstanceOf(TransientError);
    await expect(read).rejects.toMatchObject({ code: 'store/unavailable' });
    await azurite.start();
    expect((await users.read(userId(4))).state).toBeNull();
  });
});

describe('a table that is not there', () => {
  it('has no rows, and a read does not make it: who may only read could not', async () => {
    const table = makeTableAccess({ ...azurite, ...tools })('neverWritten');
    const rows: unknown[] = [];

    expect(await table.get('a', 'b')).toBeUndefined();
    for await (const row of table.query('')) rows.push(row);

    expect(rows).toEqual([]);
    const service = new TableServiceClient(azurite.endpoint, azurite.credential, {
      allowInsecureConnection: true,
    });
    for await (const { name = '' } of service.listTables()) expect(name).not.toMatch(/neverWritten/i);
  });
});

describe('the endpoint', () => {
  it.each(['no address', 'http://tables.example/account'])('refuses "%s"', (endpoint) => {
    expect(() => stores({ endpoint })).toThrow(UserError);
  });
});
