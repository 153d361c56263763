import { describe, expect, it } from '@jest/globals';
import type { SkuId } from '../../../../shared/kernel/ids';
import type { Row, Seen } from '../../../../shared/pipeline/row/events';
import { next } from '../../../../shared/pipeline/row/next';

const sku = 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e' as SkuId;
const other = 'f8a1db68-be16-40ed-86d5-cb42ce701560' as SkuId;
const add = [{ skuId: sku, disabledPlans: [] }];
const at = 1_000_000;

function situation(state: object, operation: object | null = { add, remove: [] }) {
  const record = {
    state: {
      ...{ version: 3, outcome: null, reasons: [], skus: [], retry: null },
      ...{ intent: { at, add, remove: [] }, ...state },
    },
  } as unknown as Row;
  const seen = { decision: operation === null ? {} : { operation } } as unknown as Seen;
  return { record, seen };
}

/** Whether apply leaves the write to the worker whose intent is in the row. */
function isBeingWritten(row: Row, seen: Seen, now: number, isOwnIntent = false): boolean {
  const event = { kind: 'proposed', by: 'apply', seen, heard: undefined, isOwnIntent } as const;
  return next(row, event, { now, chance: 0, id: 'a' }).result?.kind === 'again';
}

describe('a write of another worker', () => {
  it('is true while a fresh intent holds this very operation', () => {
    const { record, seen } = situation({});

    expect(isBeingWritten(record, seen, at + 9_999)).toBe(true);
  });

  it.each([
    ['there is no intent', situation({ intent: null })],
    ['nothing is to be written', situation({}, null)],
    ['another operation is', situation({}, { add: [{ skuId: other, disabledPlans: [] }], remove: [] })],
    ['one with a removal is', situation({}, { add, remove: [other] })],
    // Graph answered 503: no worker writes until the scheduled look, which would otherwise be swallowed.
    ['its writer has scheduled a look', situation({ retry: { key: 'unavailable', at: at + 1_400 } })],
  ])('is false when %s', (_when, { record, seen }) => {
    expect(isBeingWritten(record, seen, at + 1_500)).toBe(false);
  });

  it('is false when the writer must have crashed', () => {
    const { record, seen } = situation({});

    expect(isBeingWritten(record, seen, at + 10_000)).toBe(false);
  });

  it('is false when the intent is of a clock that was an hour fast: there is no writer to wait for', () => {
    const { record, seen } = situation({});

    expect(isBeingWritten(record, seen, at - 3_600_000)).toBe(false);
    expect(isBeingWritten(record, seen, at - 2_000)).toBe(true);
  });

  it('is false for the writer itself', () => {
    const { record, seen } = situation({});

    expect(isBeingWritten(record, seen, at + 1, true)).toBe(false);
  });

  it('is true again for an intent written after the scheduled look', () => {
    const { record, seen } = situation({ retry: { key: 'unavailable', at: at - 10 } });

    expect(isBeingWritten(record, seen, at + 1)).toBe(true);
  });

  it.each(['unavailable', 'usageLocation'])(
    'is true for an intent that was written before a look was due that is of an earlier write (%s)',
    (key) => {
      const why = { code: 'graph/lag', text: '' } as const;
      const retry = { key, token: '1.a', attempts: 3, at: at + 2_000, why };
      const { record, seen } = situation({ intent: null, retry, tries: 1 });
      const begins = {
        ...seen,
        decision: { ...seen.decision, ledger: [], reasons: [] },
        direct: [],
        interrupted: null,
        rolloutId: null,
      } as unknown as Seen;
      const operation = { kind: 'assign', add, remove: [] } as const;
      const moment = { now: at, chance: 0, id: 'b' };
      const { row } = next(record, { kind: 'intended', seen: begins, operation }, moment);

      // Its message still comes, and its attempts count on.
      expect(row.state?.retry).toMatchObject({ key, token: '1.a', attempts: 3 });
      expect(isBeingWritten(row, seen, at + 1_000)).toBe(true);
      expect(isBeingWritten(row, seen, at + 10_000)).toBe(false);
    },
  );
});
