import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readLines, replaceByLines } from '../../src/line-file';

const folder = mkdtempSync(join(tmpdir(), 'lines-'));
const path = join(folder, 'file.ndjson');
afterAll(() => rmSync(folder, { recursive: true }));

describe('a file of lines', () => {
  it.each([1, 2, 3, 5, 7, 1024])(
    'is read in chunks of %d bytes with every text whole, and says where the last is torn',
    (size) => {
      writeFileSync(path, 'Zoë 🙂\n\nfünf\nhal');

      expect([...readLines(path, size)]).toEqual([
        { text: 'Zoë 🙂', isWhole: true },
        { text: '', isWhole: true },
        { text: 'fünf', isWhole: true },
        { text: 'hal', isWhole: false },
      ]);
    },
  );

  it('has no line where it is empty, and none after the last line end', () => {
    writeFileSync(path, '');
    const empty = [...readLines(path)];
    writeFileSync(path, 'one\n');

    expect([empty, [...readLines(path)]]).toEqual([[], [{ text: 'one', isWhole: true }]]);
  });

  it('is replaced by one line an object, also by more than are held at once, for its owner alone', () => {
    const lines = Array.from({ length: 5_000 }, (_, number) => ({ number, text: 'ö'.repeat(200) }));
    replaceByLines(path, lines);

    const text = readFileSync(path, 'utf8');
    expect(text).toBe(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});
