import { TableClient } from '@azure/data-tables';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../shared/kernel/clock';
import { toSkuId } from '../../../shared/kernel/ids';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import { repairWaitingLists } from '../../../shared/pipeline/census/repair-waiting-lists';
import type { WaitingListServices } from '../../../shared/pipeline/census/repair-waiting-lists';
import { makeWaitingSkus } from '../../../shared/pipeline/sources/waiting-skus';
import { makeTableStores } from '../../../shared/store/tables/table-stores';
import type { TableStores } from '../../../shared/store/tables/table-stores';
import { leaseTables } from '../../support/clouds/lease-tables';
import type { LentTables } from '../../support/clouds/lease-tables';
import { userId, userState } from '../../support/user-states';
import { quietTask } from '../../support/quiet-task';

const gold = toSkuId('aaaaaaaa-0000-4000-8000-0000000000a1');
const silver = toSkuId('aaaaaaaa-0000-4000-8000-0000000000a2');
const reason = { code: 'seats/exhausted' as const, text: 'No seat is free.' };
const waiting = (skuId: typeof gold, priority: number) => ({ skuId, outcome: 'waiting', reason, priority });

/** Three wait for gold, two of them for silver too; two wait for nothing. */
const skusOf = [
  [waiting(gold, 0), waiting(silver, 0)],
  [waiting(gold, 5)],
  [waiting(gold, 0), waiting(silver, 0)],
  [],
  [],
];

describe('waiting lists whose table is lost', () => {
  let azurite: LentTables;
  let stores: TableStores;
  let pipeline: WaitingListServices;
  beforeAll(async () => {
    azurite = await leaseTables();
    stores = makeTableStores({
      ...azurite,
      clock: systemClock,
      random: seededRandom(1),
      logger: silentLogger,
    });
    pipeline = {
      users: stores.users,
      waiting: stores.waiting,
      waitingSkus: makeWaitingSkus(stores.waiting, systemClock),
      policy: {
        forUser: async () => ({ policy: { mode: 'enforce' } }),
      } as unknown as WaitingListServices['policy'],
      clock: systemClock,
    };
    for (const [index, skus] of skusOf.entries()) {
      const outcome = skus.length > 0 ? 'waiting' : 'licensed';
      const state = userState({ outcome, skus, decidedAt: 1_000 * (10 - index) });
      await stores.users.commit(await stores.users.read(userId(index)), { state });
    }
  });

  const order = async (skuId: typeof gold) => {
    const ids: string[] = [];
    for await (const entry of stores.waiting.list(skuId)) ids.push(entry.userId);
    return ids;
  };

  it('are built again from the users’ rows, in the order of service', async () => {
    expect(await repairWaitingLists(pipeline, quietTask)).toEqual({ listed: 5, unlisted: 0 });
    const before = [await order(gold), await order(silver)];
    const table = new TableClient(azurite.endpoint, 'waiting', azurite.credential, {
      allowInsecureConnection: true,
    });
    for await (const { partitionKey = '', rowKey = '' } of table.listEntities()) {
      await table.deleteEntity(partitionKey, rowKey);
    }
    expect(await stores.waiting.skus()).toEqual([]);

    const count = await repairWaitingLists(pipeline, quietTask);

    expect(count).toEqual({ listed: 5, unlisted: 0 });
    expect([await order(gold), await order(silver)]).toEqual(before);
    expect(before).toEqual([[1, 2, 0].map(userId), [2, 0].map(userId)]);
  });

  it('lose whom their row does not name, and cost nothing more once they are right', async () => {
    const stray = { userPrincipalName: null, priority: 9, since: 1, fallback: null };
    await stores.waiting.put({ ...stray, skuId: gold, userId: userId(3) });
    await stores.waiting.put({ ...stray, skuId: gold, userId: userId(77) });

    const counts = [
      await repairWaitingLists(pipeline, quietTask),
      await repairWaitingLists(pipeline, quietTask),
    ];

    expect(counts).toEqual([
      { listed: 0, unlisted: 2 },
      { listed: 0, unlisted: 0 },
    ]);
    expect(await order(gold)).toEqual([1, 2, 0].map(userId));
  });
});
