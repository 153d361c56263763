import { describe, expect, it } from '@jest/globals';
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

  it('leaves numbers below zero as they are', () => {
    expect(csvCell(-3)).toBe('-3');
  });
});
