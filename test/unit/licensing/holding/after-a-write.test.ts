import { describe, expect, it } from '@jest/globals';
import { confirmedAfter, effectiveHolding } from '../../../../shared/licensing/holding/effective-holding';
import { reconcileIntent } from '../../../../shared/licensing/holding/reconcile-intent';
import { direct, inherited, now, ours, plans, sku, type PlanName, type SkuName } from '../support/tenant';
import { timing } from '../../../../shared/kernel/timing';

const license = (name: SkuName, ...off: PlanName[]) => ({ skuId: sku(name), disabledPlans: plans(...off) });
const holding = (...held: ReturnType<typeof direct>[]) => ({
  direct: held,
  inherited: [],
  usageLocation: 'NL',
});

describe('a read after our own confirmed write', () => {
  const lastWrite = {
    at: now,
    before: [license('EMS', 'INTUNE_A', 'MFA_PREMIUM')],
    after: [license('EMS'), license('SPE_E3')],
    usageLocation: 'NL',
  };
  const old = direct('EMS', 'MFA_PREMIUM', 'INTUNE_A');

  it('counts as lagging while it shows the state before the write', () => {
    const read = { direct: [old], inherited: [inherited('POWER_BI_PRO')], usageLocation: null };

    const effective = effectiveHolding(read, lastWrite, now + timing.licensing.readLag.ms - 1);

    expect(effective).toEqual({
      direct: [direct('EMS'), direct('SPE_E3')],
      inherited: [inherited('POWER_BI_PRO')],
      usageLocation: 'NL',
    });
  });

  it.each([
    ['five minutes have passed', holding(old), now + timing.licensing.readLag.ms],
    ['the write was timed by a clock that was an hour fast', holding(old), now - 60 * 60_000],
    ['it shows the write', holding(direct('EMS'), direct('SPE_E3')), now + 1],
    ['it shows that another writer wrote since', holding(direct('EMS', 'AAD_PREMIUM')), now + 1],
    ['it shows that a person removed everything', holding(), now + 1],
  ])('counts as it is when %s', (_, read, at) => {
    expect(effectiveHolding(read, lastWrite, at)).toEqual(read);
  });

  it('counts as it is without our own write', () => {
    expect(effectiveHolding(holding(old), null, now)).toEqual(holding(old));
  });
});

describe('a read after several of our own confirmed writes', () => {
  const write = (at: number, before: readonly PlanName[][], after: readonly PlanName[][]) => ({
    at,
    before: before.map((off) => license('EMS', ...off)),
    after: after.map((off) => license('EMS', ...off)),
    usageLocation: 'NL',
  });
  const first = write(now, [], [['INTUNE_A']]);
  const second = write(now + 60_000, [['INTUNE_A']], [['MFA_PREMIUM']]);
  const third = write(now + 120_000, [['MFA_PREMIUM']], [[]]);
  const last = [second, third].reduce(confirmedAfter, confirmedAfter(null, first));
  const { readLag } = timing.licensing;

  it.each([
    ['before the first', holding()],
    ['before the second', holding(direct('EMS', 'INTUNE_A'))],
    ['before the last', holding(direct('EMS', 'MFA_PREMIUM'))],
  ])('counts as lagging while it shows the state %s', (_, read) => {
    expect(effectiveHolding(read, last, now + 130_000).direct).toEqual([direct('EMS')]);
  });

  it('counts as it is once the write that it would be behind is five minutes old', () => {
    const behindFirst = (at: number) => effectiveHolding(holding(), last, at).direct;

    expect(behindFirst(now + readLag.ms - 1)).toEqual([direct('EMS')]);
    expect(behindFirst(now + readLag.ms)).toEqual([]);
  });

  it('counts as it is when it shows what we never found', () => {
    const read = holding(direct('EMS', 'AAD_PREMIUM'));

    expect(effectiveHolding(read, last, now + 130_000)).toEqual(read);
  });

  it('leaves nothing of writes that no read can be behind, and no more than four', () => {
    const writes = Array.from({ length: 9 }, (_, n) => write(now + n * 1_000, [], [['INTUNE_A']]));
    const many = writes.reduce<ReturnType<typeof confirmedAfter> | null>(confirmedAfter, null);
    const muchLater = confirmedAfter(last, write(third.at + readLag.ms, [], []));

    expect(many?.earlier?.map(({ at }) => at - now)).toEqual([7_000, 6_000, 5_000, 4_000]);
    expect(muchLater).not.toHaveProperty('earlier');
    expect(first).not.toHaveProperty('earlier');
  });
});

describe('an intent that was found after a crash', () => {
  const granted = {
    before: [],
    add: [license('EMS', 'INTUNE_A'), license('SPE_E3')],
    remove: [],
    ledger: [ours('SPE_E3'), ours('EMS', { disabledByUs: plans('INTUNE_A') })],
  };
  const swap = {
    before: [license('SPE_E3'), license('EMS')],
    add: [license('SPE_E5')],
    remove: [sku('SPE_E3')],
    ledger: [ours('SPE_E5')],
  };

  it.each([
    ['took effect', holding(direct('EMS', 'INTUNE_A'), direct('SPE_E3')), 'applied', granted.ledger],
    ['took no effect', holding(), 'notApplied', []],
    [
      'took effect, and a person changed a plan since',
      holding(direct('EMS'), direct('SPE_E3')),
      'applied',
      granted.ledger,
    ],
    ['took no effect, and a person gave one since: not ours', holding(direct('EMS')), 'notApplied', []],
    [
      'took effect, and a person removed one since: what is left is ours',
      holding(direct('SPE_E3')),
      'mixed',
      [ours('SPE_E3')],
    ],
  ])('first grants: %s', (_, read, effect, ledger) => {
    const found = reconcileIntent(granted, [], read);

    expect(found.effect).toBe(effect);
    expect(found.ledger).toEqual([...ledger].sort((a, b) => (a.skuId < b.skuId ? -1 : 1)));
  });

  it.each([
    ['took effect', holding(direct('SPE_E5'), direct('EMS')), 'applied', [ours('SPE_E5')]],
    ['took no effect', holding(direct('SPE_E3'), direct('EMS')), 'notApplied', [ours('SPE_E3')]],
  ])('a swap: %s', (_, read, effect, ledger) => {
    expect(reconcileIntent(swap, [ours('SPE_E3')], read)).toEqual({ effect, ledger });
  });

  it('leaves entries that the write did not touch', () => {
    const found = reconcileIntent(
      swap,
      [ours('SPE_E3'), ours('EMS')],
      holding(direct('SPE_E5'), direct('EMS')),
    );

    expect(found.ledger).toEqual([ours('SPE_E5'), ours('EMS')].sort((a, b) => (a.skuId < b.skuId ? -1 : 1)));
  });

  it('that would have changed nothing is as good as done', () => {
    const intent = { before: [license('EMS')], add: [license('EMS')], remove: [], ledger: [ours('EMS')] };

    expect(reconcileIntent(intent, [], holding(direct('EMS')))).toEqual({
      effect: 'indistinct',
      ledger: [ours('EMS')],
    });
  });
});
