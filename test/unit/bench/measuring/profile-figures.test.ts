import { describe, expect, it } from '@jest/globals';
import { costByPlace, costliestFunctions } from '../../../../bench/measuring/profile-figures';

const frame = (id: number, functionName: string, url = '', lineNumber = 9) => ({
  id,
  callFrame: { functionName, url, lineNumber },
});
const root = '/app';
const profile = {
  nodes: [
    frame(1, '(root)'),
    frame(2, 'decide', 'file:///app/dist/shared/licensing/decide.js'),
    frame(3, 'request', '/app/node_modules/@azure/core-rest-pipeline/dist/index.js'),
    frame(4, '(garbage collector)'),
    frame(5, '(idle)'),
    frame(6, '', 'node:internal/timers', 0),
    frame(7, 'settle', '/app/node_modules/rhea/lib/link.js'),
  ],
  samples: [2, 5, 3, 2, 4, 6, 7, 1],
  timeDeltas: [0, 4_000, 100_000, 1_000, 2_000, 1_000, 1_000, 1_000],
};

describe('a profile of the functions', () => {
  it('lists functions by their own time, idle time left out', () => {
    expect(costliestFunctions(profile, root, 2)).toEqual([
      { name: 'decide dist/shared/licensing/decide.js:10', selfMs: 6, share: 0.6 },
      { name: 'request node_modules/@azure/core-rest-pipeline/dist/index.js:10', selfMs: 1, share: 0.1 },
    ]);
    expect(costliestFunctions(profile, root, 9).map(({ name }) => name)).toContain(
      '(anonymous) node:internal/timers:1',
    );
  });

  it('sums them up by package, room and what V8 itself does', () => {
    expect(costByPlace(profile, root).map(({ name, selfMs }) => [name, selfMs])).toEqual([
      ['dist/shared/licensing', 6],
      ['@azure/core-rest-pipeline', 1],
      ['(garbage collector)', 1],
      ['node', 1],
      ['rhea', 1],
    ]);
  });

  it('of nothing is nothing', () => {
    expect(costByPlace({ nodes: [], samples: [], timeDeltas: [] }, root)).toEqual([]);
  });
});
