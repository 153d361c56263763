import { describe, expect, it } from '@jest/globals';
import type { TransactionAction } from '@azure/data-tables';
import { silentLogger } from '../../../../../shared/kernel/logger';
import { ConcurrencyError } from '../../../../../shared/kernel/errors';
import { MemoryTables } from '../../../../../rehearsal/world/tables/memory-tables';
import { ManualClock } from '../../../../support/manual-clock';
import type { TableAccess } from '../../../../../shared/store/tables/table-access';

const clock = new ManualClock(0);
/** The product's client of the table service, and the way straight to the rows: both must answer alike. */
const ways: readonly (readonly [string, (tables: MemoryTables) => TableAccess])[] = [
  ['the client', (tables) => tables.access({ clock, random: () => 0.5, logger: silentLogger })('t')],
  ['the direct way', (tables) => tables.direct(clock)('t')],
];

const row = (partitionKey: string, rowKey: string, text = '') => ({ partitionKey, rowKey, text });

async function keysOf(table: TableAccess, filter: string, pageSize?: number): Promise<string[]> {
  const keys: string[] = [];
  const options = pageSize === undefined ? {} : { pageSize };
  for await (const one of table.query(filter, options)) keys.push(`${one.partitionKey}/${one.rowKey}`);
  return keys;
}

describe.each(ways)('tables in memory by %s', (_name, open) => {
  it('write a row only as it was read', async () => {
    const table = open(new MemoryTables());

    const first = await table.write(row('a', '1'), null);
    await expect(table.write(row('a', '1'), null)).rejects.toThrow(ConcurrencyError);
    const second = await table.write(row('a', '1', 'new'), first);
    await expect(table.write(row('a', '1', 'late'), first)).rejects.toThrow(ConcurrencyError);

    expect(await table.get('a', '1')).toMatchObject({ text: 'new', etag: second });
    await expect(table.remove('a', '1', first)).rejects.toThrow(ConcurrencyError);
    expect(await table.remove('a', '1', second)).toBe(true);
    expect(await table.remove('a', '1', second)).toBe(false);
    expect(await table.get('a', '1')).toBeUndefined();
  });

  it('do all of a transaction or nothing', async () => {
    const table = open(new MemoryTables());
    const etag = await table.write(row('a', '1', 'old'), null);
    await table.write(row('a', '3', 'there'), null);
    const others: TransactionAction[] = [
      ['create', row('a', '2')],
      ['delete', row('a', '3')],
      ['create', row('a', '1')],
    ];

    await expect(table.write(row('a', '1', 'new'), etag, others)).rejects.toThrow(ConcurrencyError);

    expect(await keysOf(table, '')).toEqual(['a/1', 'a/3']);
    expect(await table.get('a', '1')).toMatchObject({ text: 'old', etag });
    expect(await table.get('a', '3')).toMatchObject({ text: 'there' });
  });

  it('answer filters in the order of keys, however they are paged', async () => {
    const table = open(new MemoryTables());
    for (const partition of ['c', 'a', 'b', "o'c"]) {
      for (const key of ['3', '1', '2']) await table.write(row(partition, key, partition + key), null);
    }

    expect(await keysOf(table, "PartitionKey eq 'b'")).toEqual(['b/1', 'b/2', 'b/3']);
    expect(await keysOf(table, "PartitionKey eq 'o''c' and RowKey ge '2'", 1)).toEqual(["o'c/2", "o'c/3"]);
    expect(await keysOf(table, "PartitionKey gt 'a' and PartitionKey le 'b' and RowKey lt '3'")).toEqual([
      'b/1',
      'b/2',
    ]);
    expect(await keysOf(table, "RowKey eq '1'", 2)).toEqual(['a/1', 'b/1', 'c/1', "o'c/1"]);
    expect(await keysOf(table, "PartitionKey eq 'a' or text eq 'c2'")).toEqual(['a/1', 'a/2', 'a/3', 'c/2']);
    expect(await keysOf(table, "PartitionKey eq 'a' and (RowKey eq '1' or RowKey eq '3')")).toEqual([
      'a/1',
      'a/3',
    ]);
  });

  it('go on behind the last page when rows come and go in between', async () => {
    const table = open(new MemoryTables());
    for (let key = 0; key < 2_500; key++) {
      await table.write(row(`p${String(key % 5)}`, String(key).padStart(4, '0')), null);
    }
    const seen = new Set<string>();
    for await (const one of table.query('')) {
      seen.add(one.rowKey as string);
      const { partitionKey, rowKey } = one as { partitionKey: string; rowKey: string };
      if (seen.size % 2 === 0) await table.remove(partitionKey, rowKey, '*');
    }

    expect(seen.size).toBe(2_500);
    expect(await keysOf(table, '')).toHaveLength(1_250);
  });
});
