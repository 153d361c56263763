/** Keys that are wanted; both ends belong to it. `to` null: to the last one. */
export type KeyRange = { readonly from: string; readonly to: string | null };

type Chunk<Value> = { readonly keys: string[]; readonly values: Value[] };

/** More than this are cut in halves. */
const mostInChunk = 512;

/** Values by key, in the order of their keys. Kept in chunks: a new key moves a few hundred others, however many there are. */
export class SortedMap<Value> {
  readonly #chunks: Chunk<Value>[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: string): Value | undefined {
    const chunk = this.#chunks[this.#chunkOf(key)];
    if (chunk === undefined) return undefined;
    const index = indexFrom(chunk.keys, key);
    return chunk.keys[index] === key ? chunk.values[index] : undefined;
  }

  set(key: string, value: Value): void {
    const place = this.#chunkOf(key);
    const chunk = this.#chunks[place];
    if (chunk === undefined) {
      this.#chunks.push({ keys: [key], values: [value] });
      this.#size++;
      return;
    }
    const index = indexFrom(chunk.keys, key);
    if (chunk.keys[index] === key) {
      chunk.values[index] = value;
      return;
    }
    chunk.keys.splice(index, 0, key);
    chunk.values.splice(index, 0, value);
    this.#size++;
    if (chunk.keys.length <= mostInChunk) return;
    const half = chunk.keys.length >> 1;
    this.#chunks.splice(place + 1, 0, { keys: chunk.keys.splice(half), values: chunk.values.splice(half) });
  }

  /** False: there was no such key. */
  delete(key: string): boolean {
    const place = this.#chunkOf(key);
    const chunk = this.#chunks[place];
    if (chunk === undefined) return false;
    const index = indexFrom(chunk.keys, key);
    if (chunk.keys[index] !== key) return false;
    chunk.keys.splice(index, 1);
    chunk.values.splice(index, 1);
    this.#size--;
    if (chunk.keys.length === 0) this.#chunks.splice(place, 1);
    return true;
  }

  /**
   * Keys and values of these ranges, which are in order and apart, from `first` on. Nothing may be changed before the
   * last one is taken.
   */
  *within(ranges: readonly KeyRange[], first = ''): Iterable<readonly [string, Value]> {
    for (const { from, to } of ranges) {
      if (to !== null && to < first) continue;
      yield* this.#between(from > first ? from : first, to);
    }
  }

  *#between(from: string, to: string | null): Iterable<readonly [string, Value]> {
    let start = from;
    for (let place = this.#chunkOf(from); place < this.#chunks.length; place++) {
      const { keys, values } = this.#chunks[place] as Chunk<Value>;
      for (let index = start === '' ? 0 : indexFrom(keys, start); index < keys.length; index++) {
        const key = keys[index] as string;
        if (to !== null && key > to) return;
        yield [key, values[index] as Value];
      }
      start = '';
    }
  }

  /** Place of the last chunk that begins with this key or one before it; 0 where there is none. */
  #chunkOf(key: string): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#chunks[middle]?.keys[0] ?? '') <= key) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

/** Index of the first key that is not before `key`. */
function indexFrom(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
