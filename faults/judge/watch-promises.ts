import type { OpenGraph } from '@auto-licenser/graph-emulator/open-graph';
import { toSkuId } from '../../shared/kernel/ids';
import type { TableStores } from '../../shared/store/tables/table-stores';
import { skuNames, skus } from '../script/tenant-model';
import type { History } from './history';
import type { Problem } from './problem';

/** Seats are counted, then set aside: in between others may take some. */
const countedWithinMs = 60_000;

/** Whether more seats are set aside than were free; asked whenever the waiting lists are written. */
export async function watchPromises(
  graph: OpenGraph,
  stores: Pick<TableStores, 'waiting'>,
  history: History,
  now: number,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const sku of skuNames) {
    let promised = 0;
    for await (const { userId, grantedUntil } of stores.waiting.list(toSkuId(skus[sku].id))) {
      const isHolder = graph.engine.tenant.users
        .get(userId)
        ?.version.direct.some(({ skuId }) => skuId === skus[sku].id);
      if (grantedUntil !== null && grantedUntil > now && isHolder !== true) promised++;
    }
    const free = Math.max(0, history.mostFree(sku, now - countedWithinMs));
    if (promised > free) {
      problems.push({
        kind: 'overPromised',
        text: `${String(promised)} seats of ${sku} are set aside where ${String(free)} were free`,
      });
    }
  }
  return problems;
}
