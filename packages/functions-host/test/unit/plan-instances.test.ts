import { describe, expect, it } from '@jest/globals';
import { parseCounts, planInstances } from '../../src/instances/plan-instances';
import { groupsOf } from '../../src/instances/scale-groups';

const groups = groupsOf(['tick', 'apply']);

describe('the instances of an app', () => {
  it('are one a scale group, the HTTP functions together, unless a number is given', () => {
    expect(planInstances(groups, parseCounts('apply=2'))).toEqual([
      { name: 'http-1', group: 'http' },
      { name: 'apply-1', group: 'function:apply' },
      { name: 'apply-2', group: 'function:apply' },
      { name: 'tick-1', group: 'function:tick' },
    ]);
  });

  it.each(['apply', 'apply=0', 'apply=x', 'apply=100', 'apply=2,apply=3', '=2'])(
    'cannot be counted by "%s"',
    (text) => {
      expect(() => parseCounts(text)).toThrow('is not a number of instances');
    },
  );

  it.each(['aply=2', 'http=2'])('cannot be "%s"', (text) => {
    expect(() => planInstances(groups, parseCounts(text))).toThrow(`"${text}" is not possible`);
  });
});
