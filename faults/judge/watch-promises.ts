import type { OpenGraph } from '@auto-licenser/graph-emulator/open-graph';
import { toSkuId } from '../../shared/kernel/ids';
import type { TableStores } from '../../shared/store/tables/table-stores';
import { skuNames, skus } from '../script/tenant-model';
import type { History } from './history';
import type { Problem } from './problem';

/** Seats are counted, then set aside: in between others may take some. */
const countedWithinMs = 60_000;
/** How long a promise holds, which tells when it was made. */
const promisedForMs = 5 * 60_000;
/** By a clock that may be so far off. */
const clockOffMs = 20_000;

/**
 * Whether more seats are set aside than were free when each of them was; asked whenever the waiting lists are written. What
 * was promised before seats were lost was no promise too many.
 */
export async function watchPromises(
  graph: OpenGraph,
  stores: Pick<TableStores, 'waiting'>,
  history: History,
  now: number,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const sku of skuNames) {
    const made: number[] = [];
    for await (const { userId, grantedUntil } of stores.waiting.list(toSkuId(skus[sku].id))) {
      const isHolder = graph.engine.tenant.users
        .get(userId)
        ?.version.direct.some(({ skuId }) => skuId === skus[sku].id);
      if (grantedUntil !== null && grantedUntil > now && isHolder !== true)
        made.push(grantedUntil - promisedForMs);
    }
    made.sort((a, b) => a - b);
    for (const [before, at] of made.entries()) {
      const free = history.mostFree(sku, at - countedWithinMs - clockOffMs, at + clockOffMs);
      if (before < free) continue;
      problems.push({
        kind: 'overPromised',
        text: `${String(before + 1)} seats of ${sku} are set aside where ${String(Math.max(0, free))} were free`,
      });
    }
  }
  return problems;
}
