import { expect, it } from '@jest/globals';
import { expectedQueuesOf } from '../../../shared/queue/expected-queues';

it.each([
  ['off', false],
  ['webhook', false],
  ['queue', true],
])('Event Grid’s queue is expected with LICENSER_GRAPH_EVENTS=%s: %s', (way, isExpected) => {
  const names = expectedQueuesOf(way).map(({ name }) => name);

  expect(names.includes('graph-events')).toBe(isExpected);
  expect(names).toEqual(
    expect.arrayContaining(['directory-changes', 'license-changes', 'license-changes-bulk']),
  );
});
