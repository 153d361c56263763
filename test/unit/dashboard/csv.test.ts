import { describe, expect, it } from '@jest/globals';
import { visibleLine } from '../../../cli/visible-text';
import { csvCell, toCsv } from '../../../dashboard/export/csv';

describe('an export as CSV', () => {
  it('quotes what a comma, a quote or a line would break', () => {
    expect(
      toCsv([
        ['name', 'why'],
        ['a,b', 'say "no"\nnow'],
        [3, null],
      ]),
    ).toBe('name,why\r\n"a,b","say ""no""\nnow"\r\n3,\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1'])('keeps the formula %j from a spreadsheet', (text) => {
    expect(csvCell(text)).toBe(`'${text}`);
  });

  it('shows what a terminal would obey', () => {
    expect(csvCell('a\u001b[2J\u009b\u202eb\u0000')).toBe('a\\u001b[2J\\u009b\\u202eb\\u0000');
    expect(csvCell('Zoë 😀 李')).toBe('Zoë 😀 李');
  });

  it('shows the same characters in the same way as the CLI, but for tabs and line ends', () => {
    const [plane, tags] = [0, 0xe0000].map((from) =>
      Array.from({ length: from === 0 ? 0x10000 : 0x100 }, (_, index) => String.fromCodePoint(from + index)),
    );
    const characters = [...(plane ?? []), ...(tags ?? [])].filter(
      (character) => !'\t\r\n'.includes(character),
    );
    const changed = (show: (text: string) => string) =>
      characters.flatMap((character) => {
        const shown = show(`a${character}`).slice(1);
        return shown === character ? [] : [shown];
      });

    const byPage = changed((text) =>
      csvCell(text)
        .replace(/^"(.*)"$/s, '$1')
        .replaceAll('""', '"'),
    );
    expect(byPage).toEqual(changed(visibleLine));
    expect(byPage).toContain('\\u{e0041}');
  });

  it('leaves numbers below zero as they are', () => {
    expect(csvCell(-3)).toBe('-3');
  });
});
