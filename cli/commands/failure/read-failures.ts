import { showFailures } from '../../../shared/ops-api/routes/failures';
import type { FailureListView } from '../../../shared/ops/failures/list-failures';
import type { FailureState } from '../../../shared/words/failure';
import type { Reader } from '../../target/read-route';

export type WantedFailures = {
  readonly filter: { readonly state: FailureState; readonly class?: string };
  readonly skip: number;
  /** Entries at most; Infinity: all. */
  readonly wanted: number;
  /** Entries of one request; Infinity: all. */
  readonly portion: number;
};

/**
 * Failures from `skip` on, request by request. What is closed meanwhile makes a page short, which is not the end: the end is
 * the total, or a page with nothing on it. Entries that two pages have are taken once. Counts are those of the last page.
 * @throws what the route throws
 */
export async function readFailures(
  read: Reader,
  { filter, skip, wanted, portion }: WantedFailures,
): Promise<FailureListView> {
  const limit = Math.min(portion, wanted);
  const ask = (from: number, most: number) => read(showFailures, { ...filter, limit: most, skip: from });
  let page: FailureListView = await ask(skip, limit);
  const found = new Map(page.entries.map((entry) => [keyOf(entry), entry]));
  for (let from = skip + limit; from < Math.min(page.total, skip + wanted); from += portion) {
    page = await ask(from, Math.min(portion, skip + wanted - from));
    if (page.entries.length === 0) break;
    for (const entry of page.entries) found.set(keyOf(entry), entry);
  }
  return { ...page, skip, entries: [...found.values()] };
}

const keyOf = ({ kind, class: name, subject }: FailureListView['entries'][number]) =>
  `${kind} ${name} ${subject}`;

/** What a list that is meant to have `wanted` entries leaves out, as lines of text. */
export function failuresLeftOut(list: FailureListView, wanted: number): string {
  const expected = Math.min(wanted, Math.max(0, list.total - list.skip));
  const lines = list.missing.map(({ part, why }) => `Not all of ${part} are here. ${why}`);
  if (list.entries.length < expected)
    lines.push(`${String(list.entries.length)} of ${String(expected)} entries are here.`);
  return lines.map((line) => `${line}\n`).join('');
}
