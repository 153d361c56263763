import { expect, it } from '@jest/globals';
import { userId } from '../../../support/user-states';
import { ManualClock } from '../../../support/manual-clock';
import { MemoryTables } from '../../../../rehearsal/world/tables/memory-tables';
import { TableGuardStore } from '../../../../shared/store/tables/table-guard-store';
import type { TableAccess } from '../../../../shared/store/tables/table-access';

it('guards are read by two rows, however many users were counted', async () => {
  const clock = new ManualClock(1_000_000);
  const table = new MemoryTables().direct(clock)('guards');
  const asked: string[] = [];
  const counting: TableAccess = {
    name: table.name,
    get: (partitionKey, rowKey) => {
      asked.push(rowKey);
      return table.get(partitionKey, rowKey);
    },
    query: (filter, options) => {
      asked.push(filter);
      return table.query(filter, options);
    },
    write: (row, etag, others) => table.write(row, etag, others),
    submit: (actions) => table.submit(actions),
    remove: (partitionKey, rowKey, etag) => table.remove(partitionKey, rowKey, etag),
  };
  const guards = new TableGuardStore(counting, clock, { note: () => undefined });
  const change = { reduction: false, change: true };
  for (let number = 1; number <= 50; number++) await guards.reserve(userId(number), change, () => true);
  asked.length = 0;

  const { window } = await guards.read(userId(7));
  await guards.reserve(userId(51), change, () => true);

  expect(window.changes).toBe(50);
  expect(asked).toEqual(['window', `user|${userId(7)}`, 'window', `user|${userId(51)}`]);
});
