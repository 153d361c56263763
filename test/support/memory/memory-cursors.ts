import { ConcurrencyError } from '../../../shared/kernel/errors';
import type { Cursor, CursorStore } from '../../../shared/store/ports/cursor-store';

/** Cursor rows in a map; the table's own store has its own tests. */
export function makeMemoryCursors(now: () => number): CursorStore & { readonly rows: Map<string, Cursor> } {
  const rows = new Map<string, Cursor>();
  let version = 0;
  const read = async (name: string): Promise<Cursor> =>
    rows.get(name) ?? { etag: null, value: null, updatedAt: null };
  return {
    rows,
    read,
    commit: async (name, from, value) => {
      if ((await read(name)).etag !== from.etag) throw new ConcurrencyError(`cursor ${name}`);
      const cursor = { etag: String(++version), value, updatedAt: now() };
      rows.set(name, cursor);
      return cursor;
    },
  };
}
