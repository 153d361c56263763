import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../shared/kernel/clock';
import { ConcurrencyError } from '../../../shared/kernel/errors';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import { makeTableStores } from '../../../shared/store/tables/table-stores';
import type { TableStores } from '../../../shared/store/tables/table-stores';
import { leaseTables } from '../../support/clouds/lease-tables';
import type { LentTables } from '../../support/clouds/lease-tables';
import { startLossyProxy } from '../../support/faults/lossy-proxy';
import type { LossyProxy } from '../../support/faults/lossy-proxy';
import { userId, userState } from '../../support/user-states';
import type { TimelineEntry } from '../../../shared/words/timeline';

let azurite: LentTables;
let proxy: LossyProxy;
let stores: TableStores;
/** Without the proxy between. */
let direct: TableStores;
beforeAll(async () => {
  azurite = await leaseTables();
  const { port, pathname } = new URL(azurite.endpoint);
  proxy = await startLossyProxy(Number(port));
  const tools = { clock: systemClock, random: seededRandom(1), logger: silentLogger, budgetMs: 120_000 };
  const { credential } = azurite;
  stores = makeTableStores({ endpoint: `http://127.0.0.1:${proxy.port}${pathname}`, credential, ...tools });
  direct = makeTableStores({ ...azurite, ...tools, random: seededRandom(2) });
});
afterAll(async () => {
  await proxy.close();
});

const written = (version: number): TimelineEntry => ({
  version,
  step: 'written',
  at: version,
  text: 'written',
  facts: {},
});

describe('a write whose answer was lost', () => {
  it('is recognized as ours: a first row', async () => {
    const before = await stores.users.read(userId(1));
    proxy.loseAnswers(1);

    const after = await stores.users.commit(before, { state: userState({ version: 1 }) });

    expect(after.etag).toBe((await direct.users.read(userId(1))).etag);
  });

  it('is recognized as ours: a transaction, which is not written twice', async () => {
    const first = await stores.users.commit(await stores.users.read(userId(2)), { state: userState() });
    proxy.loseAnswers(1);

    const second = await stores.users.commit(first, {
      state: userState({ version: 1 }),
      timeline: [written(1)],
    });
    const third = await stores.users.commit(second, { state: userState({ version: 2 }) });

    expect(third.state?.version).toBe(2);
    expect(await stores.users.timeline(userId(2))).toEqual([written(1)]);
  });

  it('is no excuse: a row that another process changed first stays as that one wrote it', async () => {
    const first = await stores.users.commit(await stores.users.read(userId(3)), { state: userState() });
    await direct.users.commit(first, { state: userState({ outcome: 'licensed' }) });
    proxy.loseAnswers(1);

    const late = stores.users.commit(first, { state: userState({ outcome: 'blocked' }) });

    await expect(late).rejects.toBeInstanceOf(ConcurrencyError);
    expect((await direct.users.read(userId(3))).state?.outcome).toBe('licensed');
  });

  it('moves a cursor once', async () => {
    const first = await stores.cursors.commit('users', await stores.cursors.read('users'), 'one');
    proxy.loseAnswers(1);

    const second = await stores.cursors.commit('users', first, 'two');

    expect(await direct.cursors.read('users')).toEqual(second);
  });

  it('counts a failure once', async () => {
    const failure = {
      subject: userId(4),
      class: 'seats',
      reason: { code: 'due' as const, text: 't' },
      suggestedRepair: 'r',
      facts: {},
    };
    await stores.failures.record(failure, 1);
    proxy.loseAnswers(2);

    await stores.failures.record(failure, 2);

    for await (const each of direct.failures.list('open')) expect(each.count).toBe(2);
  });
});
