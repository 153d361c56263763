import { isoTime } from '../../kernel/clock';
import { collect } from '../../kernel/concurrently';
import type { Services } from '../../pipeline/services';
import type { DeadLetter, QueueInspector } from '../../queue/queue-inspector';
import type { FailurePlace } from '../../store/ports/failure-store';
import type { FailureState } from '../../words/failure';
import { findOldPauses } from '../pauses/list-pauses';
import {
  countEachQueue,
  deadLettersOfRequest,
  peekDeadLetters,
  productsOwn,
  sumOf,
} from './collect-failures';
import type { DeadCount } from './collect-failures';
import {
  buySeats,
  classOfLetter,
  fromAttention,
  fromDeadLetter,
  fromFailure,
  repairOfLetter,
  seatsClass,
} from './failure-view';
import type { FailureView } from './failure-view';
import { countDismissed, sortClasses, unlistedOf, withNames } from './list-failures';
import type { FailureClassView, FailureListOptions, FailureListView } from './list-failures';

type PageServices = Pick<Services, 'failures' | 'users' | 'attention' | 'control' | 'clock'>;

/** Places of failures, and of users who wait, that a request reads. */
const placesOfRequest = 5_000;

/** A part of the whole list: how many it has, and its entries from one on, a number of them at most. */
type Part = {
  readonly count: number;
  readonly entries: (from: number, most: number) => Promise<readonly FailureView[]>;
};

/**
 * As listFailures, from the indexes beside the rows, which may lag behind them by some seconds: of all entries their places
 * alone are read, and the page in full. First what failed, the latest first; then dead letters, the oldest first; then users
 * who wait for a seat, by id. `letters`: dead letters that are looked at where no page is asked for.
 */
export async function pageFailures(
  services: PageServices,
  inspector: QueueInspector,
  options: FailureListOptions & { readonly limit: number; readonly letters?: number },
): Promise<FailureListView> {
  const {
    state = 'open',
    skip = 0,
    limit,
    class: only,
    letters: mostLetters = deadLettersOfRequest,
  } = options;
  const isOpen = state === 'open';
  const mayBeLetters = only === undefined || !productsOwn.has(only);
  const isOf = (name: string) => only === undefined || only === name;
  const [failures, waiting, dead, dismissed, oldPauses] = await Promise.all([
    atMost(services.failures.places(state, only)),
    isOpen && isOf(seatsClass) ? atMost(services.attention.places('waiting')) : none,
    isOpen ? countEachQueue(inspector) : [],
    countDismissed(services),
    findOldPauses(services),
  ]);
  // Counts alone, or one class: as many as a request may see.
  const isPage = only === undefined && limit > 0;
  const wanted = isPage ? skip + limit - failures.found.length : mostLetters;
  const peeked = mayBeLetters ? await peekInOrder(inspector, dead, wanted) : [];
  const letters = peeked.filter((one) => isOf(classOfLetter(one)));
  const parts = [
    failuresPart(services, state, failures.found, only),
    lettersPart(letters),
    waitingPart(services, waiting.found),
  ];
  const entries = await entriesOf(parts, skip, limit);
  const deadLetters = { listed: letters.length, total: sumOf(dead) };
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  return {
    state,
    classes: sortClasses([
      ...(await classesOf(services, state, failures.found, entries)),
      ...classesOfLetters(letters),
      ...(waiting.found.length === 0 ? [] : [waitingClass(waiting.found)]),
    ]),
    total: count + unlistedOf(deadLetters, options),
    deadLetters,
    skip,
    entries: await withNames(services, entries),
    dismissed,
    oldPauses,
    missing: [
      ...Object.entries({ failures, waiting }).flatMap(([part, { isCut }]) =>
        isCut ? [{ part, why: 'There are more than were read: the overview has the counts.' }] : [],
      ),
      ...(mayBeLetters ? lettersMissing(peeked.length, sumOf(dead)) : []),
    ],
  };
}

function lettersMissing(peeked: number, total: number | null): FailureListView['missing'] {
  if (total !== null && peeked >= total) return [];
  const of = total === null ? 'and counting them is refused' : `of ${String(total)}`;
  return [{ part: 'deadLetters', why: `The oldest ${String(peeked)} were looked at, ${of}.` }];
}

type Places<Place> = { readonly found: readonly Place[]; readonly isCut: boolean };
const none = { found: [], isCut: false };

async function atMost<Place>(places: AsyncIterable<Place>): Promise<Places<Place>> {
  const found: Place[] = [];
  for await (const place of places) {
    if (found.length === placesOfRequest) return { found, isCut: true };
    found.push(place);
  }
  return { found, isCut: false };
}

/** Entries `skip` to `skip + limit` of all parts, one behind the other; fewer where some were closed meanwhile. */
async function entriesOf(
  parts: readonly Part[],
  skip: number,
  limit: number,
): Promise<readonly FailureView[]> {
  const found: FailureView[] = [];
  let before = 0;
  for (const { count, entries } of parts) {
    const from = Math.max(0, skip - before);
    // By place, not by what was found: what a part lost meanwhile is not filled from the next one, where the next page begins.
    const most = Math.min(skip + limit - before, count) - from;
    if (most > 0) found.push(...(await entries(from, most)));
    before += count;
  }
  return found;
}

function failuresPart(
  { failures }: Pick<Services, 'failures'>,
  state: FailureState,
  places: readonly FailurePlace[],
  only: string | undefined,
): Part {
  return {
    count: places.length,
    entries: async (from, most) => {
      const [first, last] = [places[from]?.key ?? '', places[from + most - 1]?.key ?? ''];
      const span = { first, last, ...(only === undefined ? {} : { only }) };
      return (await collect(failures.between(state, span))).map(fromFailure);
    },
  };
}

/** Enough of each queue to see which classes there are; more only where the page reaches so far. */
const fewestLetters = 50;

/** The oldest dead letters first: the same order, however many are wanted. */
async function peekInOrder(
  inspector: QueueInspector,
  counts: readonly DeadCount[],
  wanted: number,
): Promise<readonly DeadLetter[]> {
  const most = Math.min(deadLettersOfRequest, Math.max(fewestLetters, wanted));
  // A queue that has none is not asked.
  const queues = counts.filter(({ dead }) => dead !== 0).map(({ queue }) => queue);
  const letters = await peekDeadLetters(inspector, most, queues);
  return [...letters].sort((a, b) => (a.enqueuedAt ?? 0) - (b.enqueuedAt ?? 0));
}

function lettersPart(letters: readonly DeadLetter[]): Part {
  return {
    count: letters.length,
    // What a body says is read for the page alone.
    entries: async (from, most) => letters.slice(from, from + most).map(fromDeadLetter),
  };
}

function classesOfLetters(letters: readonly DeadLetter[]): readonly FailureClassView[] {
  const counts = new Map<string, number>();
  for (const one of letters) counts.set(classOfLetter(one), (counts.get(classOfLetter(one)) ?? 0) + 1);
  return [...counts].map(([name, count]) => {
    // The oldest first.
    const at = letters.find((one) => classOfLetter(one) === name)?.enqueuedAt ?? null;
    const oldestAt = at === null ? null : isoTime(at);
    return { class: name, kind: 'deadLetter', count, repair: repairOfLetter, oldestAt };
  });
}

type WaitingPlace = { readonly userId: string; readonly since: number | null };

function waitingPart({ attention }: Pick<Services, 'attention'>, places: readonly WaitingPlace[]): Part {
  return {
    count: places.length,
    entries: async (from, most) => {
      const after = places[from - 1]?.userId;
      const page = attention.list('waiting', { limit: most, ...(after === undefined ? {} : { after }) });
      return (await collect(page)).map(fromAttention);
    },
  };
}

/** By class; what to do about one that is not on the page is read from its latest failure. */
async function classesOf(
  { failures }: Pick<Services, 'failures'>,
  state: FailureState,
  places: readonly FailurePlace[],
  page: readonly FailureView[],
): Promise<readonly FailureClassView[]> {
  const byClass = new Map<string, FailurePlace[]>();
  for (const place of places) {
    const own = byClass.get(place.class);
    if (own === undefined) byClass.set(place.class, [place]);
    else own.push(place);
  }
  return Promise.all(
    [...byClass].map(async ([name, own]) => {
      const first = own[0]?.key ?? '';
      const onPage = page.find((view) => view.kind === 'failure' && view.class === name);
      const [latest] = onPage
        ? [onPage]
        : (await collect(failures.between(state, { first, last: first }))).map(fromFailure);
      const oldestAt = own.at(-1)?.lastAt ?? 0;
      return {
        class: name,
        kind: 'failure',
        count: own.length,
        repair: latest?.repair ?? '',
        oldestAt: oldestAt === 0 ? null : isoTime(oldestAt),
      };
    }),
  );
}

function waitingClass(places: readonly WaitingPlace[]): FailureClassView {
  const known = places.flatMap(({ since }) => (since === null ? [] : [since]));
  return {
    class: seatsClass,
    kind: 'waiting',
    count: places.length,
    repair: buySeats,
    oldestAt: known.length === 0 ? null : isoTime(known.reduce((a, b) => Math.min(a, b))),
  };
}
