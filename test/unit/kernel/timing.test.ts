import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { timing } from '../../../shared/kernel/timing';
import type { Durations } from '../../../shared/kernel/timing/duration';
import { renderTimingPage } from '../../support/timing-page';

const all = Object.entries<Durations>(timing).flatMap(([subject, durations]) =>
  Object.entries(durations).map(([name, duration]) => ({ name: `${subject}.${name}`, duration })),
);

const root = join(__dirname, '../../..');
const page = join(root, 'docs/timing.md');

function sourcesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}

describe('timing', () => {
  test('docs/timing.md shows the table', () => {
    const wanted = renderTimingPage();
    if (process.env['UPDATE_PAGES']) writeFileSync(page, wanted);
    expect(readFileSync(page, 'utf8')).toBe(wanted);
  });

  test('every duration is a whole number of milliseconds and says why in a sentence', () => {
    for (const { name, duration } of all) {
      const figures = 'ms' in duration ? [duration.ms] : [duration.firstMs, duration.maxMs];
      expect({ name, ok: figures.every((ms) => Number.isInteger(ms) && ms >= 0) }).toEqual({
        name,
        ok: true,
      });
      expect(`${name}: ${duration.why}`).toMatch(/: \S.{15,}\.$/);
    }
  });

  test('every duration is used', () => {
    const text = ['shared', 'cli', 'demo', 'functions']
      .flatMap(sourcesUnder)
      .filter((file) => !file.startsWith(join('shared', 'kernel', 'timing')))
      .map((file) => readFileSync(join(root, file), 'utf8'))
      .join('\n');
    const unused = all.map(({ name }) => name.split('.')[1] ?? '').filter((name) => !isNamed(text, name));
    expect(unused).toEqual([]);
  });
});

const isNamed = (text: string, name: string) => new RegExp(`\\b${name}\\b`).test(text);
