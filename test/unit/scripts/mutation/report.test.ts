import { describe, expect, it } from '@jest/globals';
import { load } from './load';

const { countVerdicts, survivorLines, tableLines } = load<{
  countVerdicts: (judged: readonly unknown[]) => {
    readonly score: number | null;
    readonly rooms: unknown;
    readonly survivors: readonly unknown[];
  };
  survivorLines: (survivor: unknown) => readonly string[];
  tableLines: (report: unknown, groups?: 'rooms' | 'operators') => readonly string[];
}>('report.js');

const mutant = {
  id: 'm1',
  file: 'shared/ops/a.ts',
  line: 7,
  operator: 'bound',
  was: 'a < b',
  becomes: 'a <= b',
  inFunction: 2,
};

describe('the report', () => {
  const judged = [
    { mutant, verdict: 'killed' },
    { mutant, verdict: 'killed' },
    { mutant, verdict: 'survived', ran: 2, reaching: 5 },
    { mutant: { ...mutant, file: 'shared/queue/b.ts' }, verdict: 'equivalent' },
    { mutant: { ...mutant, file: 'shared/queue/b.ts' }, verdict: 'unjudged' },
  ];

  it('counts by room; equivalents and what was not judged are no part of the score', () => {
    expect(countVerdicts(judged)).toMatchObject({
      ...{ killed: 2, survived: 1, equivalent: 1, unjudged: 1, score: 0.6667 },
      rooms: {
        'shared/ops': { killed: 2, survived: 1, equivalent: 0, unjudged: 0, score: 0.6667 },
        'shared/queue': { killed: 0, survived: 0, equivalent: 1, unjudged: 1, score: null },
      },
    });
  });

  it('names survivors by place and line', () => {
    const { survivors } = countVerdicts(judged);

    expect(survivors.flatMap(survivorLines)).toEqual([
      'survived shared/ops/a.ts:7 (bound): passed by the 2 nearest test files of 5 that reach it',
      '  - a < b',
      '  + a <= b',
    ]);
    expect(tableLines(countVerdicts(judged)).at(-1)).toMatch(/^all +2 +1 +1 +1 +66\.7 %$/);
  });

  it('counts by class, too', () => {
    const etag = { mutant: { ...mutant, operator: 'etag' }, verdict: 'survived', ran: 1, reaching: 1 };
    const lines = tableLines(countVerdicts([...judged, etag]), 'operators');

    expect(lines.slice(1).map((line) => line.replace(/ +/g, ' '))).toEqual([
      'bound 2 1 1 1 66.7 %',
      'etag 0 1 0 0 0.0 %',
      'all 2 2 1 1 50.0 %',
    ]);
  });
});
