import { describe, expect, it } from '@jest/globals';
import { frontArguments, parseCounts, planInstances } from '../../src/instances/plan-instances';
import { groupsOf } from '../../src/instances/scale-groups';

const groups = groupsOf(['tick', 'apply']);

describe('the instances of an app', () => {
  const two = [
    { name: 'apply-1', group: 'function:apply' },
    { name: 'apply-2', group: 'function:apply' },
  ];

  it('are as many as asked for, and one each of the others when each is alone', () => {
    const counts = parseCounts('apply=2');

    expect(planInstances(groups, counts, false)).toEqual(two);
    expect(frontArguments(counts, false)).toEqual(['--without', 'function:apply']);
    expect(planInstances(groups, counts, true)).toEqual([...two, { name: 'tick-1', group: 'function:tick' }]);
    expect(frontArguments(counts, true)).toEqual(['--group', 'http']);
  });

  it.each(['apply', 'apply=0', 'apply=x', 'apply=100', 'apply=2,apply=3', '=2'])(
    'cannot be counted by "%s"',
    (text) => {
      expect(() => parseCounts(text)).toThrow('is not a number of instances');
    },
  );

  it.each(['aply=2', 'http=2'])('cannot be "%s"', (text) => {
    expect(() => planInstances(groups, parseCounts(text), true)).toThrow(`"${text}" is not possible`);
  });
});
