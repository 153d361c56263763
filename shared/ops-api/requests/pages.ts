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
