/** A read position, such as a delta link, changed only by compare-and-set. */
export type Cursor = {
  readonly etag: string | null;
  readonly value: string | null;
  readonly updatedAt: number | null;
};

/** Read positions, by name. */
export interface CursorStore {
  read(name: string): Promise<Cursor>;
  /**
   * What `read` answers, for many names at the cost of one: all are read at once, now. `but`: names of large ones that are
   * not wanted; they are left out, and read by themselves if they are asked for after all.
   */
  readAll(but?: readonly string[]): Promise<Pick<CursorStore, 'read'>>;
  commit(name: string, cursor: Cursor, value: string): Promise<Cursor>;
}
