import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseTableFilter } from '../../../../../rehearsal/world/tables/table-filter';
import type { KeyRange } from '../../../../../packages/emulator-kit/src/sorted-map';

const all: readonly KeyRange[] = [{ from: '', to: null }];

describe('parseTableFilter', () => {
  it.each<[string, readonly KeyRange[], readonly KeyRange[]]>([
    ['', all, all],
    ["PartitionKey eq 'a'", [{ from: 'a', to: 'a' }], all],
    [
      "PartitionKey eq 'a' and (RowKey eq 'x' or RowKey eq 'b')",
      [{ from: 'a', to: 'a' }],
      [
        { from: 'b', to: 'b' },
        { from: 'x', to: 'x' },
      ],
    ],
    ["RowKey ge 'b' and RowKey lt 'd'", all, [{ from: 'b', to: 'd' }]],
    ["PartitionKey eq 'a' or RowKey eq 'b'", all, all],
    ["PartitionKey eq 'a' and text eq 'b'", [{ from: 'a', to: 'a' }], all],
    ["PartitionKey eq 'a' and PartitionKey eq 'b'", [], all],
    // Not even the last row of the partition: users of the SKU before are passed over as one.
    ["PartitionKey gt 'a' and RowKey ge 'b'", [{ from: 'a\0', to: null }], [{ from: 'b', to: null }]],
    [
      "PartitionKey gt 'a' or (PartitionKey eq 'a' and RowKey gt 'b')",
      [
        { from: 'a', to: 'a' },
        { from: 'a\0', to: null },
      ],
      all,
    ],
  ])('bounds the keys of %s', (filter, partitions, rows) => {
    expect(parseTableFilter(filter)).toMatchObject({ partitions, rows });
  });

  it('has no bound that a row which matches is beyond', () => {
    const text = fc.constantFrom('a', 'b', 'c');
    const comparison = fc
      .tuple(
        fc.constantFrom('PartitionKey', 'RowKey', 'other'),
        fc.constantFrom('eq', 'ne', 'lt', 'le', 'gt', 'ge'),
        text,
      )
      .map(([name, operator, value]) => `${name} ${operator} '${value}'`);
    const { filter } = fc.letrec<{ filter: string }>((tie) => ({
      filter: fc.oneof(
        { maxDepth: 3 },
        comparison,
        fc
          .tuple(tie('filter'), fc.constantFrom('and', 'or'), tie('filter'))
          .map(([left, joined, right]) => `(${left}) ${joined} (${right})`),
      ),
    }));
    const isWithin = (key: string, ranges: readonly KeyRange[]) =>
      ranges.some(({ from, to }) => key >= from && (to === null || key <= to));
    fc.assert(
      fc.property(filter, text, text, text, (source, partitionKey, rowKey, other) => {
        const { matches, partitions, rows } = parseTableFilter(source);
        if (!matches({ partitionKey, rowKey, other }, 0)) return;
        expect([isWithin(partitionKey, partitions), isWithin(rowKey, rows)]).toEqual([true, true]);
      }),
      { numRuns: 500 },
    );
  });

  it('compares times of writing', () => {
    const { matches } = parseTableFilter("Timestamp lt datetime'1970-01-01T00:00:01.000Z'");

    expect([matches({}, 999), matches({}, 1_000)]).toEqual([true, false]);
  });
});
