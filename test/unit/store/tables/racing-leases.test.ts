import { expect, it } from '@jest/globals';
import { seededRandom } from '../../../../shared/kernel/random';
import { silentLogger } from '../../../../shared/kernel/logger';
import { TableLeaseStore } from '../../../../shared/store/tables/table-lease-store';
import { ManualClock } from '../../../support/manual-clock';
import { MemoryTables } from '../../../../rehearsal/world/tables/memory-tables';
import { withRacingReads } from '../../../support/memory/racing-reads';

const clock = new ManualClock(1_000_000);
const unreadable = { note: () => undefined };

function leaseTable() {
  const access = new MemoryTables().access({ clock, random: seededRandom(1), logger: silentLogger });
  return access('leases');
}

it.each([
  ['a lease that is free', false],
  ['a lease whose holder has let it run out', true],
])('%s goes to one of many who have all read it before the first takes it', async (_, isHeld) => {
  const table = leaseTable();
  if (isHeld) await new TableLeaseStore(table, clock, unreadable).take('census', 'earlier', 10_000);
  clock.advance(10_001);
  const racing = new TableLeaseStore(withRacingReads(table, 8), clock, unreadable);

  const taken = await Promise.all(
    Array.from({ length: 8 }, (__, index) => racing.take('census', `holder ${String(index)}`, 10_000)),
  );

  expect(taken.filter(Boolean)).toHaveLength(1);
  const winner = `holder ${String(taken.indexOf(true))}`;
  const after = new TableLeaseStore(table, clock, unreadable);
  expect(await after.take('census', winner, 10_000)).toBe(true);
  expect(await after.take('census', 'late', 10_000)).toBe(false);
});
