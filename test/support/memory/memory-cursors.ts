import { ConcurrencyError } from '../../../shared/kernel/errors';
import type { Cursor, CursorStore } from '../../../shared/store/ports/cursor-store';

/** Cursor rows in a map; the table's own store has its own tests. */
export function makeMemoryCursors(now: () => number): CursorStore & { readonly rows: Map<string, Cursor> } {
  const rows = new Map<string, Cursor>();
  let version = 0;
  const find = (name: string): Cursor => rows.get(name) ?? { etag: null, value: null, updatedAt: null };
  return {
    rows,
    read: async (name) => find(name),
    readAll: async () => ({ read: async (name) => find(name) }),
    // In one step, as the table does it.
    commit: async (name, from, value) => {
      if (find(name).etag !== from.etag) throw new ConcurrencyError(`cursor ${name}`);
      const cursor = { etag: String(++version), value, updatedAt: now() };
      rows.set(name, cursor);
      return cursor;
    },
  };
}
