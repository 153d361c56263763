/** Enough to hide the round trip to the tables, few enough not to be throttled. */
const defaultConcurrency = 8;

/**
 * The results of this work over all items, in their order, with `concurrency` of them under way at any time.
 * @throws what `work` throws for the first item, in order, for which it throws
 */
export async function* readConcurrently<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  concurrency = defaultConcurrency,
): AsyncGenerator<Result> {
  const started: Promise<Result>[] = [];
  const start = (index: number) => {
    const item = items[index];
    if (index >= items.length) return;
    const result = work(item as Item);
    // A later one that fails first is met in its turn.
    result.catch(() => undefined);
    started[index] = result;
  };
  for (let index = 0; index < concurrency; index++) start(index);
  for (let index = 0; index < items.length; index++) {
    yield await (started[index] as Promise<Result>);
    start(index + concurrency);
  }
}

/** The same as an array, in the order of the items. `concurrency`: how many are under way at any time. */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  return collect(readConcurrently(items, work, concurrency));
}

/** Everything that comes, for lists that fit into memory. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
