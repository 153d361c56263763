import { beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../shared/kernel/clock';
import { collect } from '../../../shared/kernel/concurrently';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import { makeTableAccess, makeTableStores } from '../../../shared/store/tables/table-stores';
import { leaseTables } from '../../support/clouds/lease-tables';
import type { LentTables } from '../../support/clouds/lease-tables';
import { userId } from '../../support/user-states';
import type { Failure, FailureState } from '../../../shared/words/failure';
import type { FailureStore, PlaceSpan } from '../../../shared/store/ports/failure-store';

const tools = { clock: systemClock, random: seededRandom(1), logger: silentLogger };
let azurite: LentTables;
let failures: FailureStore;
beforeAll(async () => {
  azurite = await leaseTables();
  failures = makeTableStores({ ...azurite, ...tools }).failures;
});

const failure = (subject: string, failureClass = 'seats') => ({
  subject,
  class: failureClass,
  reason: { code: 'seats/exhausted' as const, text: 'No seats' },
  suggestedRepair: 'Buy seats',
  facts: { requestId: 'r-1', nested: { list: [1, 2] } },
});
async function listed(state: FailureState, subject: string): Promise<Failure[]> {
  const found: Failure[] = [];
  for await (const each of failures.list(state)) if (each.subject === subject) found.push(each);
  return found;
}

describe('TableFailureStore', () => {
  it('opens a failure', async () => {
    await failures.record(failure(userId(1)), 10);

    expect(await listed('open', userId(1))).toEqual([
      { ...failure(userId(1)), state: 'open', firstAt: 10, lastAt: 10, count: 1 },
    ]);
  });

  it('has one open row per subject and class, which counts', async () => {
    await failures.record(failure(userId(2)), 10);
    await failures.record(failure(userId(2)), 20);
    await failures.record(failure(userId(2), 'conflict'), 30);

    const open = await listed('open', userId(2));

    expect(open.map(({ class: name, count, firstAt, lastAt }) => [name, count, firstAt, lastAt])).toEqual([
      ['conflict', 1, 30, 30],
      ['seats', 2, 10, 20],
    ]);
  });

  it('loses no count when many fail at once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => failures.record(failure(userId(3)), 1)));

    expect((await listed('open', userId(3)))[0]?.count).toBe(10);
  });

  it('settles all failures of a subject and none of another', async () => {
    await failures.record(failure(userId(4)), 10);
    await failures.record(failure(userId(4), 'conflict'), 10);
    await failures.record(failure(userId(5)), 10);

    await failures.close(userId(4), 50);

    expect(await listed('open', userId(4))).toEqual([]);
    expect((await listed('replayed', userId(4))).map(({ lastAt }) => lastAt)).toEqual([50, 50]);
    expect(await listed('open', userId(5))).toHaveLength(1);
  });

  it('opens a settled failure anew when it happens again', async () => {
    await failures.record(failure(userId(6)), 10);
    await failures.close(userId(6), 20);

    await failures.record(failure(userId(6)), 30);

    expect(await listed('open', userId(6))).toMatchObject([{ firstAt: 30, count: 1 }]);
    expect(await listed('replayed', userId(6))).toEqual([]);
  });

  it('leaves one that was replayed, and fails again, as old as it was', async () => {
    await failures.record(failure(userId(16)), 10);
    const [seen] = await listed('open', userId(16));
    if (seen === undefined) throw new Error('it is open');
    await failures.markReplayed(seen, { by: 'ann', why: null, at: 20 });

    await failures.record(failure(userId(16)), 30, 10);

    expect(await listed('open', userId(16))).toMatchObject([{ firstAt: 10, lastAt: 30 }]);
  });

  it('takes the id of any message for a subject', async () => {
    const subject = 'message:a/b#c?d\u0007ü';

    await failures.record(failure(subject, 'unreadable'), 10);
    await failures.close(subject, 20);

    expect((await listed('replayed', subject))[0]?.subject).toBe(subject);
  });

  const by = { by: 'ann', why: 'a known one', at: 1_000 };
  const day = 24 * 60 * 60_000;

  it('dismisses an open failure with who and why, and restores it', async () => {
    await failures.record(failure(userId(8)), 10);

    const dismissed = await failures.dismiss(failure(userId(8)), by);
    const [shown] = await listed('dismissed', userId(8));
    const restored = await failures.restore(failure(userId(8)));

    expect([dismissed, restored]).toEqual([true, true]);
    expect(shown?.settledBy).toEqual(by);
    expect(await failures.ofSubject(userId(8))).toEqual([
      { ...failure(userId(8)), state: 'open', firstAt: 10, lastAt: 10, count: 1 },
    ]);
  });

  it('dismisses nothing twice, and restores nothing that is not dismissed', async () => {
    await failures.record(failure(userId(9)), 10);
    await failures.dismiss(failure(userId(9)), by);

    const again = await failures.dismiss(failure(userId(9)), { ...by, by: 'bob' });
    const unknown = await failures.dismiss(failure(userId(10)), by);
    const restored = [await failures.restore(failure(userId(9))), await failures.restore(failure(userId(9)))];

    expect([again, unknown, ...restored]).toEqual([false, false, true, false]);
  });

  it('keeps a dismissed failure dismissed for a day while it happens, and opens it after that', async () => {
    await failures.record(failure(userId(11)), 10);
    await failures.dismiss(failure(userId(11)), by);

    await failures.record(failure(userId(11)), by.at + day - 1);
    const during = await listed('dismissed', userId(11));
    await failures.record(failure(userId(11)), by.at + day);

    expect(during).toMatchObject([{ count: 2, lastAt: by.at + day - 1, settledBy: by }]);
    expect(await failures.ofSubject(userId(11))).toEqual([
      { ...failure(userId(11)), state: 'open', firstAt: by.at + day, lastAt: by.at + day, count: 1 },
    ]);
  });

  it('settles a dismissed failure with its subject', async () => {
    await failures.record(failure(userId(12)), 10);
    await failures.dismiss(failure(userId(12)), by);

    await failures.close(userId(12), 2_000);

    expect(await listed('dismissed', userId(12))).toEqual([]);
    expect(await listed('replayed', userId(12))).toHaveLength(1);
  });

  it('marks as replayed only what is as it was seen', async () => {
    await failures.record(failure(userId(13)), 10);
    const [seen] = await failures.ofSubject(userId(13));
    await failures.record(failure(userId(13)), 20);
    const [newer] = await failures.ofSubject(userId(13));

    const late = await failures.markReplayed(seen!, by);
    const inTime = await failures.markReplayed(newer!, by);
    const twice = await failures.markReplayed(newer!, by);

    expect([late, inTime, twice]).toEqual([false, true, false]);
    expect(await listed('replayed', userId(13))).toMatchObject([{ settledBy: by, count: 2 }]);
  });

  it('settles a subject that has no failures without a word', async () => {
    await expect(failures.close(userId(7), 1)).resolves.toBeUndefined();
  });

  describe('a list of one state, page by page', () => {
    const placesOf = async (state: FailureState, subjects: readonly string[]) =>
      (await collect(failures.places(state))).filter(({ key }) => subjects.some((one) => key.includes(one)));
    const three = [20, 21, 22].map(userId);

    it('has the latest first, in its places too, which tell class and time', async () => {
      for (const [index, one] of three.entries())
        await failures.record(failure(one, index === 1 ? 'conflict' : 'seats'), 100 * (index + 1));

      const places = await placesOf('open', three);

      expect(places.map(({ class: name, lastAt }) => [name, lastAt])).toEqual([
        ['seats', 300],
        ['conflict', 200],
        ['seats', 100],
      ]);
      const ofClass = (await collect(failures.places('open', 'conflict'))).map(({ class: name }) => name);
      expect([...new Set(ofClass)]).toEqual(['conflict']);
      const [first, second, last] = places.map(({ key }) => key);
      const between = async (span: PlaceSpan) =>
        (await collect(failures.between('open', span)))
          .map(({ subject }) => subject)
          .filter((subject) => three.some((one) => one === subject));
      expect(await between({ first: first ?? '', last: second ?? '' })).toEqual([userId(22), userId(21)]);
      expect(await between({ first: first ?? '', last: last ?? '', only: 'seats' })).toEqual([
        userId(22),
        userId(20),
      ]);
    });

    it('moves a failure that happens again to the front, and has it once', async () => {
      await failures.record(failure(userId(20)), 400);

      const places = await placesOf('open', three);

      expect(places.map(({ lastAt }) => lastAt)).toEqual([400, 300, 200]);
      expect(await listed('open', userId(20))).toMatchObject([{ count: 2, firstAt: 100 }]);
    });

    it('is made anew from the rows: what a crash left is gone, what is missing is there', async () => {
      const index = makeTableAccess({ ...azurite, ...tools })('failuresByState');
      const [own] = await placesOf('open', [userId(21)]);
      await index.remove('open-by-time', own?.key ?? '', '*');
      const [left] = await failures.ofSubject(userId(22));
      const json = JSON.stringify(left);
      const ghost = { rowKey: own?.key ?? '', class: 'conflict', json };
      await index.write({ partitionKey: 'dismissed-by-time', ...ghost }, null);
      await index.write({ partitionKey: 'open-by-time', rowKey: 'damaged', json: '{' }, null);
      expect(await placesOf('dismissed', [userId(21)])).toHaveLength(1);

      await failures.reindex();

      expect((await placesOf('open', three)).map(({ lastAt }) => lastAt)).toEqual([400, 300, 200]);
      expect(await placesOf('dismissed', three)).toEqual([]);
      expect((await collect(failures.places('open'))).filter(({ key }) => key === 'damaged')).toEqual([]);
      expect(await listed('open', userId(22))).toHaveLength(1);
    });

    it('and the list of an earlier version do not see each other, before and after a downgrade', async () => {
      const index = makeTableAccess({ ...azurite, ...tools })('failuresByState');
      // An earlier version reads all that stands under the state, and knows only its own keys to remove them by.
      const seenByEarlier = async () =>
        (await collect(index.query("PartitionKey eq 'open'"))).map(({ rowKey }) => rowKey);
      expect(await seenByEarlier()).toEqual([]);
      const [left] = await failures.ofSubject(userId(22));
      const rowKey = `${userId(22)}=0Aseats`;
      await index.write({ partitionKey: 'open', rowKey, json: JSON.stringify(left) }, null);

      expect(await listed('open', userId(22))).toHaveLength(1);
      await failures.reindex();

      // What that version wrote says nothing any more when it comes back.
      expect(await seenByEarlier()).toEqual([]);
      expect(await listed('open', userId(22))).toHaveLength(1);
    });
  });
});
