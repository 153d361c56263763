import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const page = readFileSync(join(__dirname, '../../../../docs/emulator-coverage/service-bus.md'), 'utf8');
/** The rows of the tables in a part of the page, as cells; heads and rules left out. */
const rowsOf = (part: string) =>
  part
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (---|behaviour|question) /.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
const [claimed = '', decided = ''] = page.split('## Decided here');

describe('the coverage page of the bus', () => {
  it.each(rowsOf(claimed))('names where it comes from: %s', (_behaviour, source) => {
    expect(source).toMatch(/\]\(https:\/\/|observed/);
  });

  it.each([...rowsOf(claimed), ...rowsOf(decided)])('names a test that is there: %s', (...cells) => {
    const [, file = 'none'] = /^`(\S+\.test\.ts)`$/.exec(cells[2] ?? '') ?? [];

    expect(existsSync(join(__dirname, '../contract', file))).toBe(true);
  });
});
