import { describe, expect, it } from '@jest/globals';
import { ChangeLog } from '../../../src/engine/history/change-log';
import type { Change } from '../../../src/engine/history/change-log';

const change = (id: string): Omit<Change, 'seq'> => ({
  at: 1,
  kind: 'user',
  id,
  type: 'updated',
  properties: ['department'],
});

describe('the change log', () => {
  it('keeps the newest changes with their numbers, and says how far back it reaches', () => {
    const log = new ChangeLog(3);
    for (let number = 1; number <= 7; number++) log.append(change(`u${number}`));

    expect(log.lastSeq).toBe(7);
    expect([4, 5, 7, 8].map((seq) => log.at(seq)?.id)).toEqual([undefined, 'u5', 'u7', undefined]);
    expect([3, 4, 7].map((seq) => log.reachesBackTo(seq))).toEqual([false, true, true]);
    expect(log.append(change('u8'))).toMatchObject({ seq: 8, id: 'u8' });
  });

  it('goes on with the numbers of an earlier run, whose oldest changes may be gone', () => {
    const log = new ChangeLog(3);
    log.restore({ ...change('u41'), seq: 41 });
    log.restore({ ...change('u42'), seq: 42 });

    expect([log.lastSeq, log.at(41)?.id, log.at(1)]).toEqual([42, 'u41', undefined]);
    expect([39, 40].map((seq) => log.reachesBackTo(seq))).toEqual([false, true]);
    expect(log.append(change('u43')).seq).toBe(43);
  });
});
