import { describe, expect, it } from '@jest/globals';
import { partitionsOf } from '../../../../local/tables/partitions-of';

describe('partitionsOf', () => {
  it.each([
    ["PartitionKey eq 'u1'", 'u1'],
    ["PartitionKey eq 'u1' and RowKey lt 'timeline|'", 'u1'],
    ["(PartitionKey eq 'u1') and (RowKey eq 'this or that')", 'u1'],
    ["PartitionKey eq 'it''s' and RowKey eq 'x'", "it's"],
    ["PartitionKey eq ''", ''],
    [`PartitionKey eq 'say "u1"'`, 'say "u1"'],
  ])('%s names a partition', (filter, partition) => {
    expect(partitionsOf(filter)).toEqual({ from: partition, to: partition });
  });

  it.each([
    ["PartitionKey ge 'u1'", 'u1'],
    ["PartitionKey gt 'u1' and RowKey lt 'x'", 'u1\0'],
    ["PartitionKey gt ''", '\0'],
  ])('%s names the first one', (filter, from) => {
    expect(partitionsOf(filter)).toEqual({ from, to: null });
  });

  it.each([
    undefined,
    "PartitionKey lt 'u1'",
    '',
    "RowKey eq 'state'",
    "PartitionKey eq 'u1' or PartitionKey eq 'u2'",
    "not (PartitionKey eq 'u1')",
    "PartitionKey eq 'u1' and not (RowKey eq 'x')",
    "RowKey eq 'x' and PartitionKey eq 'u1'",
    // Azurite's texts in double quotes: here, the `or` is outside of them.
    `PartitionKey eq 'u1' and RowKey eq "'" or PartitionKey eq "u2'"`,
    `PartitionKey eq 'u1' and RowKey eq "x"`,
  ])('%s may find rows of any', (filter) => {
    expect(partitionsOf(filter)).toEqual({ from: '', to: null });
  });
});
