import { describe, expect, it } from '@jest/globals';
import { isoTime } from '../../../../shared/kernel/clock';
import { pageFailures } from '../../../../shared/ops/failures/page-failures';
import type { DeadLetter, QueueInspector } from '../../../../shared/queue/queue-inspector';
import type { FailureStore } from '../../../../shared/store/ports/failure-store';
import type { Failure, FailureState } from '../../../../shared/words/failure';
import { makeMemoryAttention } from '../../../support/memory/memory-counts';
import { userId } from '../../../support/user-states';

const nameOf = (number: number) => `u${String(number)}@contoso.com`;
const failure = (number: number, name: string, lastAt: number): Failure => ({
  subject: userId(number),
  class: name,
  state: 'open',
  reason: { code: 'graph/unknown', text: 'No.' },
  suggestedRepair: `Repair ${name}.`,
  firstAt: 1_000,
  lastAt,
  count: 1,
  facts: {},
  userPrincipalName: nameOf(number),
});
const letter = (number: number, enqueuedAt: number): DeadLetter => ({
  queue: 'license-changes',
  sequenceNumber: String(number),
  messageId: `m${String(number)}`,
  reason: 'MaxDeliveryCountExceeded',
  description: '',
  deliveryCount: 10,
  enqueuedAt,
  body: 'no message of the product',
});

type Parts = {
  readonly failures?: readonly Failure[];
  readonly letters?: readonly DeadLetter[];
  readonly waiting?: readonly number[];
  readonly dead?: number;
  /** Closed between the reading of places and of the page. */
  readonly closed?: readonly string[];
};

async function makePager({ failures = [], letters = [], waiting = [], dead, closed = [] }: Parts) {
  const attention = makeMemoryAttention();
  for (const number of waiting) {
    await attention.put('waiting', {
      userId: userId(number),
      userPrincipalName: nameOf(number),
      since: number * 1_000,
      skus: [],
      reason: { code: 'seats/exhausted', text: 'no seat' },
    });
  }
  const ofState = (state: FailureState) =>
    failures
      .filter((one) => one.state === state)
      .sort((a, b) => b.lastAt - a.lastAt)
      .map((one) => ({ key: String(1e6 - one.lastAt).padStart(9, '0'), one }));
  let read = 0;
  const store: Partial<FailureStore> = {
    list: async function* () {},
    places: async function* (state, only) {
      for (const { key, one } of ofState(state))
        if (only === undefined || one.class === only) yield { key, class: one.class, lastAt: one.lastAt };
    },
    between: async function* (state, { first, last, only }) {
      for (const { key, one } of ofState(state)) {
        if (key < first || key > last || (only !== undefined && one.class !== only)) continue;
        if (closed.includes(one.subject)) continue;
        read++;
        yield one;
      }
    },
  };
  const services = {
    clock: { now: () => 1_000_000, sleep: async () => undefined },
    control: { pauses: async () => [] },
    failures: store,
    attention,
    users: { read: async () => ({ state: null }) },
  } as unknown as Parameters<typeof pageFailures>[0];
  const inspector = {
    deadLetters: async (queue: string, most: number) =>
      letters.filter((one) => one.queue === queue).slice(0, most),
    counts: async (queue: string) => {
      const own = letters.filter((one) => one.queue === queue).length;
      return { deadLettered: queue === 'license-changes' ? (dead ?? own) : own };
    },
  } as unknown as QueueInspector;
  return {
    page: (options: Omit<Parameters<typeof pageFailures>[2], 'limit'> & { limit?: number } = {}) =>
      pageFailures(services, inspector, { limit: 50, ...options }),
    readInFull: () => read,
  };
}

const some: Parts = {
  failures: [failure(1, 'unknown', 20), failure(2, 'verify', 90), failure(3, 'unknown', 50)],
  letters: [letter(1, 10), letter(2, 30)],
  waiting: [12, 11],
  dead: 7,
};
const whole: readonly string[] = [
  ...[2, 3, 1].map(userId),
  'message:m1',
  'message:m2',
  ...[11, 12].map(userId),
];

describe('a page of failures', () => {
  it('has what failed, then dead letters, then who waits, wherever it begins and ends', async () => {
    const { page } = await makePager(some);
    for (let skip = 0; skip <= 8; skip++) {
      for (let limit = 0; limit <= 8; limit++) {
        const { entries } = await page({ skip, limit });
        expect(entries.map(({ subject }) => subject)).toEqual(whole.slice(skip, skip + limit));
      }
    }
  });

  it('counts by class all there is, with what to do, also about what is on no page', async () => {
    const { page, readInFull } = await makePager(some);

    const { classes, total, deadLetters, entries } = await page({ limit: 1 });

    expect(classes).toEqual([
      {
        class: 'MaxDeliveryCountExceeded',
        kind: 'deadLetter',
        count: 2,
        oldestAt: isoTime(10),
        repair: expect.any(String),
      },
      {
        class: 'seats',
        kind: 'waiting',
        count: 2,
        oldestAt: isoTime(11_000),
        repair: expect.stringContaining('seats'),
      },
      { class: 'unknown', kind: 'failure', count: 2, oldestAt: isoTime(20), repair: 'Repair unknown.' },
      { class: 'verify', kind: 'failure', count: 1, oldestAt: isoTime(90), repair: 'Repair verify.' },
    ]);
    expect([total, deadLetters]).toEqual([12, { listed: 2, total: 7 }]);
    expect(entries.map(({ userPrincipalName }) => userPrincipalName)).toEqual([nameOf(2)]);
    // The page, and one of the class that is not on it.
    expect(readInFull()).toBe(2);
  });

  it.each([
    ['unknown', [3, 1].map(userId), 2],
    ['seats', [11, 12].map(userId), 2],
    ['MaxDeliveryCountExceeded', ['message:m1', 'message:m2'], 2],
    ['none', [], 0],
  ])('of the class %s has nothing else', async (name, subjects, total) => {
    const { page } = await makePager(some);

    const found = await page({ class: name });

    expect(found.entries.map(({ subject }) => subject)).toEqual(subjects);
    expect(found.total).toBe(total);
    expect(found.classes.map((one) => one.class)).toEqual(total === 0 ? [] : [name]);
  });

  it('of what was dismissed has neither dead letters nor who waits', async () => {
    const dismissed = { ...failure(9, 'unknown', 5), state: 'dismissed' as const };
    const { page } = await makePager({ ...some, failures: [dismissed] });

    const found = await page({ state: 'dismissed' });

    expect(found.entries.map(({ subject }) => subject)).toEqual([userId(9)]);
    expect(found.classes.map(({ kind }) => kind)).toEqual(['failure']);
  });

  it('has each dead letter on one page, of whatever queue, although no more are read than the page needs', async () => {
    const letters = Array.from({ length: 300 }, (_none, number): DeadLetter => {
      const queue = number % 3 === 0 ? 'directory-changes' : 'license-changes';
      return { ...letter(number, number + 1), queue };
    });
    const { page } = await makePager({ failures: [failure(1, 'unknown', 20)], letters });

    const seen: string[] = [];
    for (let skip = 0; skip <= 150; skip += 50)
      seen.push(...(await page({ skip, limit: 50 })).entries.map(({ subject }) => subject));

    const inOrder = letters.map(({ messageId }) => `message:${messageId}`);
    expect(seen).toEqual([userId(1), ...inOrder].slice(0, 200));
    expect((await page({ limit: 10 })).deadLetters.listed).toBe(100);
  });

  it('says that there are more than 5,000', async () => {
    const many = Array.from({ length: 5_001 }, (_none, number) => failure(number, 'unknown', number + 1));
    const { page } = await makePager({ failures: many });

    const { missing, classes, entries } = await page({ skip: 4_990, limit: 50 });

    expect(missing.map(({ part }) => part)).toEqual(['failures']);
    expect(classes[0]?.count).toBe(5_000);
    expect(entries).toHaveLength(10);
  });

  it('is short where a failure was closed meanwhile: what the next page begins with is not on it', async () => {
    const { page } = await makePager({ ...some, closed: [userId(3)] });

    const pages = [await page({ skip: 0, limit: 3 }), await page({ skip: 3, limit: 3 })];

    expect(pages.map(({ entries }) => entries.map(({ subject }) => subject))).toEqual([
      [2, 1].map(userId),
      whole.slice(3, 6),
    ]);
  });

  it('of one class finds it behind 5,000 newer failures of another', async () => {
    const many = Array.from({ length: 5_001 }, (_none, number) => failure(number, 'unknown', number + 10));
    const { page } = await makePager({ failures: [...many, failure(9_999, 'verify', 1)] });

    const { entries, total, missing } = await page({ class: 'verify' });

    expect(entries.map(({ subject }) => subject)).toEqual([userId(9_999)]);
    expect([total, missing]).toEqual([1, []]);
  });

  it('says that not all dead letters were looked at, and looks at 200 where only counts are asked for', async () => {
    const letters = Array.from({ length: 150 }, (_none, number) => letter(number, number + 1));
    const { page } = await makePager({ letters });
    const missingOf = async (options: Parameters<typeof page>[0]) =>
      (await page(options)).missing.map(({ part }) => part);

    expect(await missingOf({ limit: 10 })).toEqual(['deadLetters']);
    expect(await missingOf({ limit: 0 })).toEqual([]);
    expect((await page({ limit: 0 })).classes[0]?.count).toBe(150);
  });
});
