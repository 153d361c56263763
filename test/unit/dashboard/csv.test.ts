import { describe, expect, it } from '@jest/globals';
import { csvCell, toCsv } from '../../../dashboard/parts/csv';

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

  it('leaves numbers below zero as they are', () => {
    expect(csvCell(-3)).toBe('-3');
  });
});
