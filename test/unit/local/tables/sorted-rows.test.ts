import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SortedRows } from '../../../../local/tables/sorted-rows';
import type { RowChange, StoredRow } from '../../../../local/tables/sorted-rows';

const row = (PartitionKey: string, RowKey: string, value = ''): StoredRow => ({
  PartitionKey,
  RowKey,
  properties: { value },
  lastModifiedTime: '2026-01-01T00:00:00.0000000Z',
  eTag: value,
});
const keys = (rows: Iterable<StoredRow>) =>
  [...rows].map(({ PartitionKey, RowKey }) => `${PartitionKey}/${RowKey}`);
const aKey = fc.constantFrom('', 'a', 'B', 'b', 'b|1', 'b|2', 'é');

describe('the rows of a table', () => {
  it('come by partition and row key, whatever was put in and taken out', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(aKey, aKey, fc.boolean()), { maxLength: 30 }), (steps) => {
        const rows = new SortedRows();
        const expected = new Map<string, StoredRow>();
        for (const [partition, key, isPut] of steps) {
          const one = row(partition, key);
          if (isPut) rows.insert(one);
          else rows.delete(one);
          if (isPut) expected.set(`${partition}/${key}`, one);
          else expected.delete(`${partition}/${key}`);
        }
        const sorted = [...expected.values()].sort((a, b) =>
          a.PartitionKey === b.PartitionKey
            ? a.RowKey < b.RowKey
              ? -1
              : 1
            : a.PartitionKey < b.PartitionKey
              ? -1
              : 1,
        );
        expect(keys(rows.within())).toEqual(keys(sorted));
        for (const one of sorted) expect(rows.findOne(one)).toBe(one);
      }),
      { numRuns: 100 },
    );
  });

  it('are asked for page by page, each from the row on that the last one ended before', () => {
    const rows = new SortedRows();
    rows.insert(['a', 'b', 'c'].flatMap((partition) => ['1', '2', '3'].map((key) => row(partition, key))));
    const asked: string[] = [];
    const page = (from: { PartitionKey: string; RowKey: string } | undefined, partition?: string) =>
      keys(
        rows
          .chain({
            from,
            ...(partition === undefined ? {} : { partitions: { from: partition, to: partition } }),
          })
          .where((one) => {
            asked.push(keys([one]).join(''));
            return one.RowKey !== '2';
          })
          .sort()
          .limit(2)
          .data(),
      );

    expect(page(undefined)).toEqual(['a/1', 'a/3']);
    expect(page({ PartitionKey: 'b', RowKey: '3' })).toEqual(['b/3', 'c/1']);
    expect(page(undefined, 'b')).toEqual(['b/1', 'b/3']);
    expect(page({ PartitionKey: 'b', RowKey: '3' }, 'b')).toEqual(['b/3']);
    // No row is looked at before the place of the page, nor after its last row.
    expect(asked).toEqual(['a/1', 'a/2', 'a/3', 'b/3', 'c/1', 'b/1', 'b/2', 'b/3', 'b/3']);
  });

  it('tell every change, and remove the very row alone', () => {
    const told: RowChange[] = [];
    const rows = new SortedRows((change) => told.push(change));
    const [first, second] = [row('a', '1', 'first'), row('a', '1', 'second')];
    rows.insert(first);
    rows.update(second);
    rows.remove(first);
    expect(rows.findOne(first)).toBe(second);
    rows.remove(second);
    rows.delete(second);

    expect(told).toEqual([{ row: first }, { row: second }, { gone: { PartitionKey: 'a', RowKey: '1' } }]);
  });
});
