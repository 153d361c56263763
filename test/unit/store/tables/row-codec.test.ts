import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { RowCodec } from '../../../../shared/store/tables/rows/row-codec';
import type { Row } from '../../../../shared/store/tables/table-access';
import type { UnreadableRow } from '../../../../shared/store/ports/stored-rows';

function makeCodec(mostKnown?: number) {
  let checked = 0;
  const noted: UnreadableRow[] = [];
  const schema = z.object({ a: z.number() }).transform((value) => {
    checked++;
    return value;
  });
  const sink = { note: (row: UnreadableRow) => void noted.push(row) };
  return { codec: new RowCodec('t', schema, sink, mostKnown), checked: () => checked, noted };
}
const row = (rowKey: string, etag: string, json: string): Row => ({ partitionKey: 'p', rowKey, etag, json });

describe('values that are kept with their ETag', () => {
  it('are not checked again while the row stays as it is, and are when it changes', () => {
    const { codec, checked } = makeCodec(2);

    const first = codec.read(row('1', 'e1', '{"a":1}'));
    expect(codec.read(row('1', 'e1', '{"a":1}'))).toBe(first);
    expect(checked()).toBe(1);

    expect(codec.read(row('1', 'e2', '{"a":2}'))).toEqual({ a: 2 });
    // Back to what it was is a change, too.
    expect(codec.read(row('1', 'e3', '{"a":1}'))).toEqual({ a: 1 });
    expect(checked()).toBe(3);
  });

  it('are of one row each, and of so many rows at most', () => {
    const { codec, checked } = makeCodec(2);
    for (const rowKey of ['1', '2', '3'])
      expect(codec.read(row(rowKey, 'e', `{"a":${rowKey}}`))).toEqual({ a: Number(rowKey) });
    expect(codec.read(row('3', 'e', '{"a":3}'))).toEqual({ a: 3 });
    expect(checked()).toBe(3);

    codec.read(row('1', 'e', '{"a":1}'));
    expect(checked()).toBe(4);
  });

  it('are none where a row cannot be read: it is noted each time', () => {
    const { codec, noted } = makeCodec(2);
    const damaged = row('1', 'e', '{');

    expect([codec.readIfUsable(damaged), codec.readIfUsable(damaged)]).toEqual([undefined, undefined]);
    expect(noted).toHaveLength(2);
  });

  it('are none unless the store asks for it', () => {
    const { codec, checked } = makeCodec();
    codec.read(row('1', 'e', '{"a":1}'));
    codec.read(row('1', 'e', '{"a":1}'));
    expect(checked()).toBe(2);
  });
});
