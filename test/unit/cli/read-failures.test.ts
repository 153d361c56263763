import { describe, expect, it } from '@jest/globals';
import { failuresLeftOut, readFailures } from '../../../cli/commands/failure/read-failures';
import type { WantedFailures } from '../../../cli/commands/failure/read-failures';
import type { Reader } from '../../../cli/target/read-route';

type Asked = { readonly skip: number; readonly limit: number };

/** A list of `total` failures of which those in `gone` are on no page any more. */
function makeList(total: number, gone: readonly number[] = [], missing: readonly object[] = []) {
  const asked: Asked[] = [];
  const read = (async (_route: unknown, { skip, limit }: Asked) => {
    asked.push({ skip, limit });
    const places = Array.from(
      { length: Math.max(0, Math.min(limit, total - skip)) },
      (_none, at) => skip + at,
    );
    const entries = places
      .filter((place) => !gone.includes(place))
      .map((place) => ({ kind: 'failure', class: 'unknown', subject: String(place) }));
    return { total, skip, entries, missing };
  }) as unknown as Reader;
  const list = (options: Partial<WantedFailures> = {}) =>
    readFailures(read, { filter: { state: 'open' }, skip: 0, wanted: Infinity, portion: 200, ...options });
  return { asked, list };
}

describe('a list of failures, read request by request', () => {
  it('goes on over a short page in the middle, and says how many are not there', async () => {
    const { list } = makeList(450, [250]);

    const found = await list();

    expect(found.entries).toHaveLength(449);
    expect(found.entries.at(-1)?.subject).toBe('449');
    expect(failuresLeftOut(found, Infinity)).toBe('449 of 450 entries are here.\n');
  });

  it('has as many as were asked for, from the given one on, and asks for no more', async () => {
    const { list, asked } = makeList(1_000);

    const found = await list({ skip: 30, wanted: 250 });

    expect(asked).toEqual([
      { skip: 30, limit: 200 },
      { skip: 230, limit: 50 },
    ]);
    expect([found.skip, found.entries.length]).toEqual([30, 250]);
    expect(failuresLeftOut(found, 250)).toBe('');
  });

  it('is one request where only counts are asked for', async () => {
    const { list, asked } = makeList(450);

    expect((await list({ wanted: 0 })).entries).toEqual([]);
    expect(asked).toEqual([{ skip: 0, limit: 0 }]);
  });

  it('says what was not read', async () => {
    const { list } = makeList(1, [], [{ part: 'failures', why: 'There are more.' }]);

    expect(failuresLeftOut(await list(), Infinity)).toBe('Not all of failures are here. There are more.\n');
  });
});
