/** A read position, such as a delta link, changed only by compare-and-set. */
export type Cursor = {
  readonly etag: string | null;
  readonly value: string | null;
  readonly updatedAt: number | null;
};

/** Read positions, by name. */
export interface CursorStore {
  read(name: string): Promise<Cursor>;
  commit(name: string, cursor: Cursor, value: string): Promise<Cursor>;
}
