import { describe, expect, it } from '@jest/globals';
import { keptQuota, withKeptAges } from '../../../../shared/ops/overview/kept-look';
import type { QueueInspector } from '../../../../shared/queue/queue-inspector';
import type { Levels } from '../../../../shared/store/ports/ops/levels';
import { ManualClock } from '../../../support/manual-clock';

const minute = 60_000;
const now = 100 * minute;
const clock = new ManualClock(now);
const levels = (changes: Partial<Levels>) => ({ at: now - minute, ...changes }) as Levels;

/** The oldest messages by the kept look, and the queues that were peeked at. */
async function look(kept: Levels | null | undefined) {
  const peeked: string[] = [];
  const live: Partial<QueueInspector> = {
    oldestActiveAt: async (queue) => {
      peeked.push(queue);
      return now - 7;
    },
  };
  const inspector = withKeptAges(live as QueueInspector, Promise.resolve(kept), clock);
  const queues = ['directory-changes', 'license-changes', 'license-changes-bulk'] as const;
  return {
    ages: await Promise.all(queues.map(async (one) => now - Number(await inspector.oldestActiveAt(one)))),
    peeked,
  };
}
const all = (at: number | null) => ({
  oldest: { 'directory-changes': at, 'license-changes': at, 'license-changes-bulk': at },
});

describe('the ages of the overview', () => {
  it('are those that observe saw, and no queue is peeked at', async () => {
    const age = 4 * minute;
    expect(await look(levels(all(now - age)))).toEqual({ ages: [age, age, age], peeked: [] });
  });

  it('that would be a cause of the verdict are looked for again; bulk work may wait', async () => {
    const age = 5 * minute;
    expect(await look(levels(all(now - age)))).toEqual({
      ages: [7, 7, age],
      peeked: ['directory-changes', 'license-changes'],
    });
  });

  it.each<[string, Levels | null | undefined]>([
    ['nothing was active then', levels(all(null))],
    ['they were not known', levels({})],
    ['observe has not run for three minutes', levels({ ...all(now - minute), at: now - 3 * minute - 1 })],
    ['observe never ran', undefined],
    ['the levels cannot be read', null],
  ])('are looked for now where %s', async (_what, kept) => {
    expect((await look(kept)).ages).toEqual([7, 7, 7]);
  });
});

describe('the quota of the overview', () => {
  const live = { perSecond: 1, closedUntil: 2 };
  const read = (kept: Levels | undefined) => keptQuota(async () => live, Promise.resolve(kept), clock);

  it('is what observe read, also that there is none', async () => {
    const quota = { perSecond: 16, closedUntil: 0 };
    expect(await read(levels({ quota }))).toEqual(quota);
    expect(await read(levels({ quota: null }))).toBeNull();
  });

  it('is read now where observe does not run, or did not know', async () => {
    expect(await read(levels({}))).toBe(live);
    expect(await read(levels({ quota: null, at: now - 4 * minute }))).toBe(live);
    expect(await read(undefined)).toBe(live);
  });
});
