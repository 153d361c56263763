import { isoTime } from '../../kernel/clock';
import { collect } from '../../kernel/concurrently';
import type { Services } from '../../pipeline/services';
import type { QueueInspector } from '../../queue/queue-inspector';
import type { FailurePlace } from '../../store/ports/failure-store';
import type { FailureState } from '../../words/failure';
import { findOldPauses } from '../pauses/list-pauses';
import { collectDeadLetters, countDeadLetters, deadLettersOfRequest } from './collect-failures';
import { buySeats, fromAttention, fromFailure, seatsClass } from './failure-view';
import type { FailureView } from './failure-view';
import { countClasses, countDismissed, sortClasses, unlistedOf, withNames } from './list-failures';
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
 * alone are read, and the page in full. First what failed, the latest first; then dead letters, of the oldest of each queue
 * the latest first; then users who wait for a seat, by id.
 */
export async function pageFailures(
  services: PageServices,
  inspector: QueueInspector,
  options: FailureListOptions & { readonly limit: number },
): Promise<FailureListView> {
  const { state = 'open', skip = 0, limit, class: only } = options;
  const isOpen = state === 'open';
  const isOf = (name: string) => only === undefined || only === name;
  const [failures, letters, waiting, total, dismissed, oldPauses] = await Promise.all([
    atMost(services.failures.places(state)),
    isOpen ? collectDeadLetters(inspector, deadLettersOfRequest) : [],
    isOpen && isOf(seatsClass) ? atMost(services.attention.places('waiting')) : none,
    isOpen ? countDeadLetters(inspector) : 0,
    countDismissed(services),
    findOldPauses(services),
  ]);
  const ofClass = failures.found.filter(({ class: name }) => isOf(name));
  const lettersOfClass = letters.filter(({ class: name }) => isOf(name)).sort(latestFirst);
  const parts = [
    failuresPart(services, state, ofClass, only),
    {
      count: lettersOfClass.length,
      entries: async (from: number, most: number) => lettersOfClass.slice(from, from + most),
    },
    waitingPart(services, waiting.found),
  ];
  const entries = await entriesOf(parts, skip, limit);
  const deadLetters = { listed: lettersOfClass.length, total };
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  return {
    state,
    classes: sortClasses([
      ...(await classesOf(services, state, ofClass, entries)),
      ...countClasses(lettersOfClass),
      ...(waiting.found.length === 0 ? [] : [waitingClass(waiting.found)]),
    ]),
    total: count + unlistedOf(deadLetters, options),
    deadLetters,
    skip,
    entries: await withNames(services, entries),
    dismissed,
    oldPauses,
    missing: Object.entries({ failures, waiting }).flatMap(([part, { isCut }]) =>
      isCut ? [{ part, why: 'There are more than were read: the overview has the counts.' }] : [],
    ),
  };
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

/** Entries `skip` to `skip + limit` of all parts, one behind the other. */
async function entriesOf(
  parts: readonly Part[],
  skip: number,
  limit: number,
): Promise<readonly FailureView[]> {
  const found: FailureView[] = [];
  let before = 0;
  for (const { count, entries } of parts) {
    const from = Math.max(0, skip - before);
    const most = Math.min(limit - found.length, count - from);
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

function latestFirst(a: FailureView, b: FailureView): number {
  return (b.lastAt ?? '').localeCompare(a.lastAt ?? '');
}
