import { describe, expect, it } from '@jest/globals';
import { partitionOf } from '../../../local/partition-queries';

describe('partitionOf', () => {
  it.each([
    ["PartitionKey eq 'u1'", 'u1'],
    ["PartitionKey eq 'u1' and RowKey lt 'timeline|'", 'u1'],
    ["(PartitionKey eq 'u1') and (RowKey eq 'this or that')", 'u1'],
    ["PartitionKey eq 'it''s' and RowKey eq 'x'", "it's"],
    ["PartitionKey eq ''", ''],
  ])('%s names a partition', (filter, partition) => {
    expect(partitionOf(filter)).toBe(partition);
  });

  it.each([
    undefined,
    '',
    "RowKey eq 'state'",
    "PartitionKey ge 'u1'",
    "PartitionKey eq 'u1' or PartitionKey eq 'u2'",
    "not (PartitionKey eq 'u1')",
    "PartitionKey eq 'u1' and not (RowKey eq 'x')",
    "RowKey eq 'x' and PartitionKey eq 'u1'",
  ])('%s is left to Azurite', (filter) => {
    expect(partitionOf(filter)).toBeUndefined();
  });
});
