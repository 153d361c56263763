const defaultAtOnce = 8;

/** The results of this work over all items, in their order, with a few of them under way at any time. */
export async function* readConcurrently<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  atOnce = defaultAtOnce,
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
  for (let index = 0; index < atOnce; index++) start(index);
  for (let index = 0; index < items.length; index++) {
    yield await (started[index] as Promise<Result>);
    start(index + atOnce);
  }
}

/** The same as an array. */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  return collect(readConcurrently(items, work, atOnce));
}

/** Everything that comes, for lists that fit into memory. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
