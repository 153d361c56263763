import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { UserId } from '../../../../shared/kernel/ids';
import { serveWaiting } from '../../../../shared/licensing/seats/serve-waiting';
import type { WaitingForSeat } from '../../../../shared/licensing/seats/serve-waiting';
import { sku } from '../support/tenant';

const now = 1_000_000;
const person = (letter: string) => `0a6f6f4e-0000-4000-8000-00000000000${letter}` as UserId;
const waits = (letter: string, more: Partial<WaitingForSeat> = {}): WaitingForSeat => ({
  skuId: sku('SPE_E5'),
  userId: person(letter),
  priority: 0,
  since: 500,
  grantedUntil: null,
  ...more,
});
const served = (entries: readonly WaitingForSeat[], free: number) =>
  serveWaiting(entries, () => free, now).map(({ userId }) => userId.at(-1));

describe('serveWaiting', () => {
  it.each([
    ['priority before waiting time', [waits('a', { since: 1 }), waits('b', { priority: 5 })], 1, ['b']],
    [
      'the user who waits longer among equals',
      [waits('a', { since: 9 }), waits('b', { since: 8 })],
      1,
      ['b'],
    ],
    ['the lower id among those who came together', [waits('b'), waits('a')], 1, ['a']],
    ['as many as there are seats', [waits('c'), waits('a'), waits('b')], 2, ['a', 'b']],
    ['no user without a seat', [waits('a')], 0, []],
    ['no user when more is used than bought', [waits('a')], -3, []],
    ['seats that are set aside are spoken for', [waits('a', { grantedUntil: now + 1 }), waits('b')], 1, []],
    ['no second grant to one user', [waits('a', { grantedUntil: now + 1 }), waits('b')], 2, ['b']],
    ['a grant that ran out counts no more', [waits('a', { grantedUntil: now })], 1, ['a']],
    [
      'the next when a grant ran out, whatever their priority',
      [waits('a', { grantedUntil: now, priority: 9 }), waits('b')],
      1,
      ['b'],
    ],
    [
      'the earliest when all have let theirs run out',
      [waits('a', { grantedUntil: now - 1 }), waits('b', { grantedUntil: now - 2 })],
      1,
      ['b'],
    ],
    [
      'no grant is taken back for a user of higher priority',
      [waits('a', { grantedUntil: now + 1 }), waits('b', { priority: 9 })],
      1,
      [],
    ],
  ])('serves %s', (_, entries, free, expected) => {
    expect(served(entries, free)).toEqual(expected);
  });

  it('keeps SKUs apart: what one has run out of does not hold up the other', () => {
    const entries = [waits('a'), waits('b', { skuId: sku('EMS') })];

    const granted = serveWaiting(entries, (skuId) => (skuId === sku('EMS') ? 1 : 0), now);

    expect(granted.map(({ userId }) => userId)).toEqual([person('b')]);
  });

  it('serves the same users in whatever order they are listed', () => {
    const entry = fc.record({
      skuId: fc.constantFrom(sku('SPE_E5'), sku('EMS')),
      userId: fc.constantFrom(...'0123456789abcdef').map(person),
      priority: fc.integer({ min: -2, max: 2 }),
      since: fc.integer({ min: 0, max: 3 }),
      grantedUntil: fc.option(fc.integer({ min: now - 2, max: now + 2 })),
    });
    const list = fc.uniqueArray(entry, { selector: (one) => `${one.skuId}${one.userId}`, maxLength: 20 });
    const shuffled = list.chain((entries) =>
      fc.tuple(
        fc.constant(entries),
        fc.shuffledSubarray([...entries], { minLength: entries.length, maxLength: entries.length }),
      ),
    );
    const property = fc.property(shuffled, fc.integer({ min: 0, max: 12 }), ([entries, other], free) => {
      const granted = serveWaiting(entries, () => free, now);

      expect(serveWaiting(other, () => free, now)).toEqual(granted);
    });

    fc.assert(property, { seed: 6, numRuns: 2_000 });
  });
});
