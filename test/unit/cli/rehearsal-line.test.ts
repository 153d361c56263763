import { describe, expect, it } from '@jest/globals';
import { renderRehearsalLine, displayRehearsal } from '../../../cli/render/report/rehearsal-line';

const noon = Date.UTC(2026, 0, 5, 12);

describe('renderRehearsalLine', () => {
  it.each([
    [
      { minutes: 7, known: 400, users: 100_000 },
      undefined,
      'day 1 of 2, 00:07: looked at 400 of 100,000 users',
    ],
    [
      { minutes: 7, known: 400, users: 1_000 },
      noon + 90_000,
      'day 1 of 2, 00:07: looked at 400 of 1,000 users, all of them about 12:01:30 UTC',
    ],
    [{ minutes: 1_505, known: 1_000, users: 1_000 }, noon, 'day 2 of 2, 01:05'],
  ])('%j at %p: %s', (progress, endsAt, line) => {
    expect(renderRehearsalLine(progress, 2, endsAt)).toBe(line);
  });
});

describe('displayRehearsal', () => {
  it('estimates when everybody has been looked at, redraws ten times a second at most, and clears the line', () => {
    let now = noon;
    const lines: string[] = [];
    const line = displayRehearsal(
      1,
      (text) => lines.push(text.replace('\r\u001b[K', '>')),
      () => now,
    );
    const look = (minutes: number, known: number) => line.show({ minutes, known, users: 1_000 });

    look(1, 100);
    now += 50;
    look(2, 150);
    now += 9_950;
    look(3, 200);
    now += 10_000;
    look(1_440, 1_000);
    line.end();

    expect(lines).toEqual([
      '>day 1 of 1, 00:01: looked at 100 of 1,000 users',
      '>day 1 of 1, 00:03: looked at 200 of 1,000 users, all of them about 12:01:30 UTC',
      '>',
    ]);
  });

  it('clears nothing where nothing was drawn', () => {
    const lines: string[] = [];
    const line = displayRehearsal(
      1,
      (text) => lines.push(text),
      () => noon,
    );

    line.end();

    expect(lines).toEqual([]);
  });
});
