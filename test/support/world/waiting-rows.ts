import type { SkuId } from '../../../shared/kernel/ids';
import type { WaitingStore } from '../../../shared/store/ports/waiting-store';
import type { WaitingEntry, WaitingService } from '../../../shared/words/waiting';

/** The rows of WaitingStore, in a list; TableWaitingStore has its own tests. */
export function makeWaitingRows(): WaitingStore & { readonly entries: () => readonly WaitingEntry[] } {
  let rows: WaitingEntry[] = [];
  let etags = 0;
  const services = new Map<SkuId, WaitingService>();
  const serviceOf = (skuId: SkuId) => services.get(skuId) ?? { refusedUntil: null, served: [] };
  const isOf = (a: Pick<WaitingEntry, 'skuId' | 'userId'>, b: Pick<WaitingEntry, 'skuId' | 'userId'>) =>
    a.skuId === b.skuId && a.userId === b.userId;
  const put = (entry: Omit<WaitingEntry, 'etag'>) => {
    rows = [...rows.filter((row) => !isOf(row, entry)), { ...entry, etag: String(++etags) }];
  };
  const skus = async () => [...new Set(rows.map(({ skuId }) => skuId))].sort();
  return {
    entries: () => rows,
    put: async (entry) => {
      const found = rows.find((row) => isOf(row, entry));
      put({ ...entry, since: found?.since ?? entry.since, grantedUntil: found?.grantedUntil ?? null });
    },
    remove: async (userId, skuIds) => {
      rows = rows.filter((row) => row.userId !== userId || (skuIds && !skuIds.includes(row.skuId)));
    },
    reserve: async (entry, until) => {
      if (!rows.some((row) => isOf(row, entry) && row.etag === entry.etag)) return false;
      put({ ...entry, grantedUntil: until });
      return true;
    },
    list: async function* (skuId) {
      yield* rows
        .filter((row) => row.skuId === skuId)
        .sort((a, b) => b.priority - a.priority || a.since - b.since || (a.userId < b.userId ? -1 : 1));
    },
    skus,
    counts: async () =>
      new Map((await skus()).map((skuId) => [skuId, rows.filter((row) => row.skuId === skuId).length])),
    ofUser: async (userId, skuIds) =>
      rows.filter((row) => row.userId === userId && (skuIds?.includes(row.skuId) ?? true)),
    service: async (skuId) => serviceOf(skuId),
    noteRefused: async (skuId, until) => {
      services.set(skuId, { ...serviceOf(skuId), refusedUntil: until });
    },
    noteServed: async (skuId, at, seats, left) => {
      const service = serviceOf(skuId);
      services.set(skuId, {
        ...service,
        ...(seats === 0 ? {} : { served: [...service.served, { at, seats }] }),
        ...(left === undefined ? {} : { left: { at, seats: left } }),
      });
    },
  };
}
