import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { timing } from '../../../shared/kernel/timing';
import type { Durations } from '../../../shared/kernel/timing/duration';
import { projectFolder, readProductSources } from '../../support/pages/product-sources';
import { renderTimingPage } from '../../support/pages/timing-page';

const all = Object.entries<Durations>(timing).flatMap(([subject, durations]) =>
  Object.entries(durations).map(([name, duration]) => ({ name: `${subject}.${name}`, duration })),
);

const page = join(projectFolder, 'docs/timing.md');

const sources = readProductSources(['shared', 'functions', 'cli', 'demo']).filter(
  ({ path }) => !path.startsWith('shared/kernel/timing'),
);

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
    const text = sources.map((source) => source.text).join('\n');
    const unused = all.map(({ name }) => name.split('.')[1] ?? '').filter((name) => !isNamed(text, name));
    expect(unused).toEqual([]);
  });
});

/** A number of milliseconds that a name or a property gets. */
const literal = /\b\w*Ms\b\s*[=:]\s*[1-9][\d_.e]*\b(?! \* \w*Ms\b)/;

/** Lines that may hold one: the beginning of the path, then a part of the line. Each needs a reason. */
const exceptions: readonly (readonly [path: string, part: string])[] = [
  // The longest duration that a rule may name, not one of the product's.
  ['shared/policy/rule/evaluate/duration.ts', 'maximumMs'],
  // Of the tenant that the demo makes up.
  ['demo/prepare-cloud.ts', 'usageLocationLagMs'],
];

test('no other file holds a number of milliseconds', () => {
  const found = sources.flatMap(({ path, text }) =>
    text
      .split('\n')
      .filter((line) => literal.test(line))
      .filter((line) => !exceptions.some(([start, part]) => path.startsWith(start) && line.includes(part)))
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(found).toEqual([]);
});

const isNamed = (text: string, name: string) => new RegExp(`\\b${name}\\b`).test(text);
