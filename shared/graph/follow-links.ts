import { GraphError } from './refusals/graph-error';

/** Pages of one collection: ten million users at 999 a page. */
const mostPages = 10_000;

/**
 * Follows Graph's next links from `first` until a page has none. A link that comes back, or more pages than any tenant
 * has, ends in an error: neither would ever end.
 * @throws GraphError of class `unavailable`
 */
export async function* followLinks<Page>(
  first: string | undefined,
  read: (link: string | undefined) => Promise<{ readonly page: Page; readonly next: string | undefined }>,
): AsyncGenerator<Page> {
  let link = first;
  for (let pages = 1; ; pages++) {
    const { page, next } = await read(link);
    yield page;
    if (next === undefined) return;
    refuseEndless(link, next, pages);
    link = next;
  }
}

/** For those who follow links in steps of their own. @throws GraphError of class `unavailable` */
export function refuseEndless(link: string | undefined, next: string, pages = 1): void {
  if (next !== link && pages < mostPages) return;
  const problem = next === link ? 'a page whose next page is itself' : `more than ${String(mostPages)} pages`;
  throw new GraphError('unavailable', `Graph gave ${problem}`, { status: 200 });
}
