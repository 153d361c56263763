import { describe, expect, it } from '@jest/globals';
import { counterNames } from '../../../../shared/observe/counts';
import { checkGaps } from '../../../../shared/ops/doctor/changes/check-gaps';
import { addGaps, readGaps } from '../../../../shared/ops/sources/read-gaps';

const minute = 60_000;
const { found, gaps } = counterNames;

describe('readGaps', () => {
  it('adds up what was counted in the last hour, and nothing of before', () => {
    let pieces: ReturnType<typeof addGaps> = [];
    // Two hours of runs, a minute apart; one of each is told by a notification.
    for (let at = minute; at <= 120 * minute; at += minute) {
      const counts = { [found('notification')]: 1, decided: 7 };
      pieces = addGaps(pieces, counts, at - minute, at);
    }
    const now = 120 * minute;
    pieces = addGaps(pieces, { [found('delta')]: 2, [gaps('notification')]: 2 }, now - minute, now);

    const sum = readGaps({ gaps: pieces }, now);

    expect(sum).toEqual({
      found: { notification: sum.found['notification'], delta: 2 },
      missedBy: { notification: 2 },
    });
    expect(sum.found['notification']).toBeGreaterThanOrEqual(54);
    expect(sum.found['notification']).toBeLessThanOrEqual(60);
    expect(pieces.length).toBeLessThanOrEqual(13);
    expect(JSON.stringify(pieces)).not.toContain('decided');
  });

  it('knows nothing when the timer that counts has not run, for an hour or ever', () => {
    const none = { found: {}, missedBy: {} };
    const pieces = addGaps([], { [found('delta')]: 1 }, 0, minute);

    expect(readGaps(undefined, 0)).toEqual(none);
    expect(readGaps({}, 0)).toEqual(none);
    expect(readGaps({ gaps: pieces }, 61 * minute)).toEqual(none);
  });
});

describe('checkGaps', () => {
  it('names the log of each way that notifications come', () => {
    const [finding] = checkGaps({ found: { delta: 20 }, missedBy: { notification: 20 } });

    for (const name of ['graph-notification', 'graph-events', 'graph-event-queue'])
      expect(finding?.todo).toContain(name);
  });

  it.each([
    ['nothing happened', {}, {}, 'ok', 'no news'],
    ['notifications tell first', { notification: 90, delta: 10 }, { notification: 10 }, 'ok', 'delta 10'],
    [
      'notifications are mostly late',
      { notification: 9, delta: 11 },
      { notification: 11 },
      'warn',
      '11 were',
    ],
    ['there is too little to tell', { delta: 19 }, { notification: 19 }, 'ok', 'delta 19'],
    ['there are no notifications', { delta: 100 }, {}, 'ok', 'delta 100'],
    ['the audit log found users', { auditLog: 2 }, { delta: 2 }, 'warn', 'or the audit log whom the changes'],
    ['a census found users', { delta: 3 }, { delta: 2 }, 'warn', '2 users were found by a census'],
  ])('%s', (_name, found, missedBy, state, text) => {
    const [finding] = checkGaps({ found, missedBy });

    expect(finding).toMatchObject({ state, text: expect.stringContaining(text) });
  });
});
