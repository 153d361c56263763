import { z } from 'zod';
import type { RecordStore, Stored } from '../../store/ports/record-store';
import type { OpsServices } from '../route';
import type { Page } from '../schemas';
import { makeCursors } from './cursor';

/**
 * Where a page begins, from the cursor that the list gave; undefined: at the first entry.
 * @throws OpsProblem 400 `ops/cursor`
 */
export async function placeOf(
  { services }: Pick<OpsServices, 'services'>,
  list: string,
  cursor: string | undefined,
): Promise<string | undefined> {
  return cursor === undefined ? undefined : makeCursors(services.cursors).read(list, cursor);
}

/** A page of what was read, one entry more than the page holds: the place of its last entry is where the next begins. */
export async function toPage<Item>(
  { services }: Pick<OpsServices, 'services'>,
  list: string,
  found: readonly Item[],
  limit: number,
  keyOf: (item: Item) => string,
): Promise<Page<Item>> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const isMore = found.length > limit && last !== undefined;
  const next = isMore ? await makeCursors(services.cursors).sign(list, keyOf(last)) : null;
  return { items, next, total: null };
}

/** The cursor of the page behind this place; null: there is none. */
export async function cursorOf(
  { services }: Pick<OpsServices, 'services'>,
  list: string,
  place: string | null,
): Promise<string | null> {
  return place === null ? null : makeCursors(services.cursors).sign(list, place);
}

/** Of a page whose search may end before it is full: `next` is where to go on then. */
export const Partly = { isPartial: z.boolean() };

/** Records that one call looks at, however few of them fit. */
const mostLooked = 1_000;

/** A page of the records that fit, by id. */
export async function pageOfRecords<Value>(
  context: Pick<OpsServices, 'services'>,
  store: RecordStore<Value>,
  {
    list,
    cursor,
    limit,
  }: { readonly list: string; readonly cursor: string | undefined; readonly limit: number },
  fits?: (stored: Stored<Value>) => boolean,
): Promise<Page<Stored<Value>> & { readonly isPartial: boolean }> {
  const after = await placeOf(context, list, cursor);
  const most = fits === undefined ? limit + 1 : mostLooked;
  const items: Stored<Value>[] = [];
  let last: string | null = null;
  let looked = 0;
  let isMore = false;
  for await (const stored of store.list({ limit: most, ...(after === undefined ? {} : { after }) })) {
    looked++;
    if (fits === undefined || fits(stored)) {
      isMore = items.length === limit;
      if (isMore) break;
      items.push(stored);
    }
    last = stored.id;
  }
  const isPartial = !isMore && fits !== undefined && looked === most;
  return {
    items,
    next: await cursorOf(context, list, isMore || isPartial ? last : null),
    total: null,
    isPartial,
  };
}
