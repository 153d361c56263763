export type Kept<Row> = {
  /** In the order in which they were kept; what is still there as it is now. */
  readonly shown: readonly Row[];
  /** Keys of those that are not there any more. */
  readonly gone: ReadonlySet<string>;
  /** How many are there that are not shown. */
  readonly fresh: number;
};

/** Rows at the places where they were seen first, whatever came or went since. */
export function keepPlace<Row>(
  kept: readonly Row[],
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): Kept<Row> {
  const now = new Map(rows.map((row) => [keyOf(row), row]));
  const known = new Set(kept.map(keyOf));
  return {
    shown: kept.map((row) => now.get(keyOf(row)) ?? row),
    gone: new Set([...known].filter((key) => !now.has(key))),
    fresh: [...now.keys()].filter((key) => !known.has(key)).length,
  };
}
