import { describe, expect, it } from '@jest/globals';
import { renderTable } from '../../../cli/render/render-table';
import { renderAge } from '../../../cli/render/render-time';
import { renderTimes, renderTimesLine } from '../../../cli/render/render-times';
import { wrapText } from '../../../cli/render/wrap-text';
import type { LicensingTimes } from '../../../shared/ops/users/licensing-times';

const longName = 'Microsoft_365_Copilot_Something_With_A_Very_Long_Name_Indeed_2026';

describe('renderTable', () => {
  it('gives the flexible column what the others leave', () => {
    const table = renderTable(
      [{ title: 'id' }, { title: 'what', flexible: true }, { title: 'n', align: 'right' }],
      [['x'.repeat(36), longName, '7']],
    );

    expect(table.split('\n').every((line) => line.length <= 80)).toBe(true);
    expect(table).toMatch(/^x{36} {2}Microsoft_365_Copilot_Something_With_A_ {2}7$/m);
  });

  it('right-aligns numbers below their title', () => {
    const table = renderTable([{ title: 'seats', align: 'right' }], [['7'], ['1234567']]);

    expect(table).toBe('  seats\n      7\n1234567\n');
  });
});

describe('wrapText', () => {
  it.each([
    ['one two', 80, ['one two']],
    ['one two', 3, ['one', 'two']],
    ['abcdefgh ij', 3, ['abc', 'def', 'gh', 'ij']],
    ['', 5, ['']],
    ['a\nb', 5, ['a', 'b']],
  ])('%j in %d columns', (text, width, lines) => {
    expect(wrapText(text, width)).toEqual(lines);
  });
});

describe('renderAge', () => {
  it.each([
    [-5, '0.0 s'],
    [1_500, '1.5 s'],
    [90_000, '1.5 min'],
    [5_400_000, '1.5 h'],
    [129_600_000, '1.5 d'],
  ])('%d ms is %s', (ms, text) => {
    expect(renderAge(ms)).toBe(text);
  });
});

describe('times', () => {
  const stage = (users: number, ms: number | null) => ({ users, p50: ms, p95: ms, p99: ms });
  const stages = { decided: stage(2, 700), written: stage(2, 2_500), verified: stage(0, null) };
  const times: LicensingTimes = {
    hours: [
      { hour: '2026-11-22T19:00:00.000Z', ...stages },
      { hour: '2026-11-22T18:00:00.000Z', ...stages },
    ],
    all: { ...stages, written: stage(4, 90_000) },
  };

  it('are shown by hour and together', () => {
    const screen = renderTimes(times, 24);

    expect(screen).toMatch(/^2026-11-22 19:00 +decided +2 +0\.7 s +0\.7 s +0\.7 s *$/m);
    expect(screen).toMatch(/^ +written +2 +2\.5 s/m);
    expect(screen).toMatch(/^all +decided/m);
    expect(screen).not.toContain('verified');
    for (const line of screen.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('say so when no user was licensed', () => {
    const none = { hours: [], all: { ...stages, written: stage(0, null) } };

    expect(renderTimes(none, 24)).toBe('No user was licensed in the last 24 hours.\n');
    expect(renderTimesLine(none, 24)).toBe('');
    expect(renderTimesLine(times, 24)).toBe(
      'Seen to written, last 24 h: 1.5 min / 1.5 min / 1.5 min (p50 / p95 / p99, 4 users)\n',
    );
  });
});
