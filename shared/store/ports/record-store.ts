/** A record as it was read; `etag` guards its next change. */
export type Stored<Value> = { readonly id: string; readonly etag: string; readonly value: Value };

export type ListOptions = { readonly after?: string; readonly before?: string; readonly limit?: number };

/** Small records by id, newest first where their ids come from `newestFirstId`. */
export interface RecordStore<Value> {
  /** ConcurrencyError: there is one of this id. */
  create(id: string, value: Value): Promise<Stored<Value>>;
  read(id: string): Promise<Stored<Value> | undefined>;
  /** Compare-and-set. ConcurrencyError: read again and start over. */
  update(stored: Stored<Value>, value: Value): Promise<Stored<Value>>;
  /** By id, from the one behind `after` on, up to the one in front of `before`. */
  list(options?: ListOptions): AsyncIterable<Stored<Value>>;
  /** Deletes a record, whatever it holds by now. */
  remove(id: string): Promise<void>;
}
