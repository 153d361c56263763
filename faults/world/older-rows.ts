/** The only rows that look different since commit 080cba5, as the contract tests of rows recorded from it hold. */
export const usersTable = 'users';

/**
 * A row of a user as commit 080cba5 writes it: it knew one date to look again at, in `retry`, and drops the others,
 * which stand in `later`; of our own writes it knew the last one. Other rows stay as they are.
 */
export function asOlderWrites<Entity extends object>(entity: Entity): Entity {
  const { json } = entity as { readonly json?: unknown };
  if (typeof json !== 'string' || !/"(later|earlier)":/.test(json)) return entity;
  const row = JSON.parse(json) as Readonly<Record<string, unknown>>;
  const { later: _, ...older } = withoutEarlierWrites(row);
  return { ...entity, json: JSON.stringify(older) };
}

function withoutEarlierWrites(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const lastWrite = row['lastWrite'] as Readonly<Record<string, unknown>> | null | undefined;
  if (lastWrite === null || lastWrite === undefined) return row;
  const { earlier: _, ...known } = lastWrite;
  return { ...row, lastWrite: known };
}
