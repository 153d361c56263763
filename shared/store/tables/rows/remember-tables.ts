import type { TableAccess } from '../table-access';

/** Opens each table once: it remembers that it was made. */
export function rememberTables(open: (table: string) => TableAccess): (table: string) => TableAccess {
  const tables = new Map<string, TableAccess>();
  return (name) => {
    const known = tables.get(name) ?? open(name);
    tables.set(name, known);
    return known;
  };
}
