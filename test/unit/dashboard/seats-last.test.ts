import { describe, expect, it } from '@jest/globals';
import { seatsLast, seatsLastInFile } from '../../../dashboard/views/seats/seats-last';

const at = '2027-02-01T00:00:00.000Z';
const dated = { runsOutAt: at, note: null };
const why = '1 days of history, three are needed';

describe('until when the seats of a SKU last', () => {
  it.each([
    ['that cannot be assigned', false, 0, dated, { kind: 'none' }, null],
    ['without a free seat', true, 0, dated, { kind: 'words', words: 'now', why: null }, 'now'],
    ['with too many taken', true, -2, undefined, { kind: 'words', words: 'now', why: null }, 'now'],
    ['with a date', true, 5, dated, { kind: 'date', at }, at],
    ['without a forecast', true, 5, undefined, { kind: 'words', words: 'not known', why: null }, 'not known'],
    [
      'that lasts',
      true,
      5,
      { runsOutAt: null, note: null },
      { kind: 'words', words: 'not within a year', why: null },
      'not within a year',
    ],
    [
      'with a short history',
      true,
      5,
      { runsOutAt: null, note: why },
      { kind: 'words', words: 'not known', why },
      'not known',
    ],
  ] as const)(
    '%s: the page and its file say the same',
    (_which, assignable, free, forecast, last, inFile) => {
      const found = seatsLast({ assignable, free }, forecast);

      expect([found, seatsLastInFile(found)]).toEqual([last, inFile]);
    },
  );
});
