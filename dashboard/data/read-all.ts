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

/** The same for a list that is read by numbers: a page that is not full is the last. @throws ApiProblem */
export function readAllByNumber<Row>(
  readPage: (page: { readonly skip: number; readonly limit: number }) => Promise<readonly Row[]>,
): Promise<AllRows<Row>> {
  return readAll(async (cursor) => {
    const skip = Number(cursor ?? 0);
    const items = await readPage({ skip, limit: exportedAtOnce });
    return { items, next: items.length < exportedAtOnce ? null : String(skip + items.length) };
  });
}
