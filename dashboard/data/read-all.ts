/** Rows of a file at most: what a browser and a spreadsheet take at once. */
export const mostExported = 10_000;
/** Requests of a file at most; a filter that fits little may need many for few rows. */
const mostPages = 100;
/** Rows of one request; the API gives no more. */
export const exportedAtOnce = 200;

export type AllRows<Row> = {
  readonly rows: readonly Row[];
  /** false: there are more than a file takes. */
  readonly isAll: boolean;
};

/** Everything that a list has, read page by page behind each other. @throws ApiProblem */
export async function readAll<Row>(
  readPage: (
    cursor: string | undefined,
  ) => Promise<{ readonly items: readonly Row[]; readonly next: string | null }>,
): Promise<AllRows<Row>> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages && rows.length < mostExported; page++) {
    const { items, next } = await readPage(cursor);
    rows.push(...items);
    if (next === null) return { rows: rows.slice(0, mostExported), isAll: rows.length <= mostExported };
    cursor = next;
  }
  return { rows: rows.slice(0, mostExported), isAll: false };
}

export type NumberedPage<Row> = {
  readonly items: readonly Row[];
  /** Rows of the whole list; null: it does not tell, and a page that is not full is the last. */
  readonly total: number | null;
  /** false: the list is longer than what the API reads of it. */
  readonly isWhole: boolean;
};

/**
 * The same for a list that is read by numbers, and may move meanwhile: a row that two pages have is taken once. A short page
 * in the middle is not the end, and it is all only where as many rows were found as there ever were. @throws ApiProblem
 */
export async function readAllByNumber<Row>(
  keyOf: (row: Row) => string,
  readPage: (page: { readonly skip: number; readonly limit: number }) => Promise<NumberedPage<Row>>,
): Promise<AllRows<Row>> {
  const rows = new Map<string, Row>();
  const found = (isAll: boolean) => ({ rows: [...rows.values()].slice(0, mostExported), isAll });
  let most = 0;
  for (let page = 0; page < mostPages && rows.size < mostExported; page++) {
    const skip = page * exportedAtOnce;
    const { items, total, isWhole } = await readPage({ skip, limit: exportedAtOnce });
    for (const row of items) rows.set(keyOf(row), row);
    most = Math.max(most, total ?? 0);
    const isLast = total === null ? items.length < exportedAtOnce : skip + exportedAtOnce >= total;
    if (isLast || items.length === 0) return found(isWhole && rows.size >= most && rows.size <= mostExported);
  }
  return found(false);
}
