import { describe, expect, it } from '@jest/globals';
import { simulateQuota } from '../../support/quota/quota-simulation';
import type { QuotaSimulation } from '../../support/quota/quota-simulation';

const ratePerSecond = 16;
const common: Omit<QuotaSimulation, 'processes' | 'lanes' | 'kind'> = {
  ratePerSecond,
  writeMs: { min: 100, max: 400 },
  seconds: 16,
  seed: 7,
};

/** Simulated: 8 ms a call of the tables, everybody asks again as soon as their write is done. */
describe.each(['express', 'bulk'] as const)('40 processes of one %s lane each, on one quota row', (kind) => {
  it('wait hardly longer than one process with 32 lanes, and leave the tables in peace', async () => {
    const one = await simulateQuota({ ...common, kind, processes: 1, lanes: 32 });
    const many = await simulateQuota({ ...common, kind, processes: 40, lanes: 1 });

    expect(many.p95Ms).toBeLessThanOrEqual(1.5 * one.p95Ms);
    expect(many.maxMs).toBeLessThanOrEqual(2 * one.maxMs);
    expect(many.callsPerSecond).toBeLessThanOrEqual(40);
    expect(one.callsPerSecond).toBeLessThanOrEqual(2.4);
    for (const { writesPerSecond, mostOverRate } of [one, many]) {
      expect(writesPerSecond).toBeGreaterThan(0.95 * ratePerSecond);
      // The burst that was saved up, and a slice that was leased a second before it was used.
      expect(mostOverRate).toBeLessThanOrEqual(3 * ratePerSecond + 1);
    }
  });

  it('are all quiet a second after Graph refused one of them', async () => {
    const many = await simulateQuota({
      ...common,
      kind,
      processes: 40,
      lanes: 1,
      writeMs: { min: 0, max: 3_000 },
      refusedForMs: 5_000,
    });

    expect(many.whileClosed).toBe(0);
    expect(many.writesPerSecond).toBeGreaterThan(0.5 * ratePerSecond);
  });
});

/**
 * With writes that take longer than their turn comes round, the wait is what is left of it: 40 writers on 16 writes a second
 * wait twice as long as 32 even in one ideal line. So the same number of writers is compared.
 */
it('40 processes of one lane each wait hardly longer than one process of 40 lanes when writes take seconds', async () => {
  const slow = { ...common, kind: 'express', writeMs: { min: 500, max: 3_000 } } as const;
  const one = await simulateQuota({ ...slow, processes: 1, lanes: 40 });
  const many = await simulateQuota({ ...slow, processes: 40, lanes: 1 });

  expect(many.p95Ms).toBeLessThanOrEqual(1.5 * one.p95Ms);
  expect(many.callsPerSecond).toBeLessThanOrEqual(40);
  expect(many.writesPerSecond).toBeGreaterThan(0.95 * ratePerSecond);
});

it('8 processes of 4 lanes each need a few table calls a second and keep the rate', async () => {
  const few = await simulateQuota({ ...common, kind: 'express', processes: 8, lanes: 4 });

  expect(few.callsPerSecond).toBeLessThanOrEqual(20);
  expect(few.p95Ms).toBeLessThanOrEqual(3_000);
  expect(few.writesPerSecond).toBeGreaterThan(0.95 * ratePerSecond);
});
