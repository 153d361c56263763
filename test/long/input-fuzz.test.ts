import { describe, expect, it } from '@jest/globals';
import { fuzzInputs, fuzzKinds } from '../support/fuzz/input-fuzz';

/** In all kinds together; LICENSER_FUZZ_RUNS sets another number. */
const runs = Number(process.env['LICENSER_FUZZ_RUNS'] ?? 1_000_000);
const seed = Number(process.env['LICENSER_FUZZ_SEED'] ?? 17);
const megabyte = 1_048_576;

describe('inputs near well-formed ones', () => {
  it.each(fuzzKinds)(
    'never crash, hang or grow the process (%s)',
    async (kind) => {
      const share = Math.ceil(runs / fuzzKinds.length);
      await fuzzInputs(kind, Math.ceil(share / 10), seed + 1);
      const before = process.memoryUsage().heapUsed;

      const { crashes, slowestMs, slowest } = await fuzzInputs(kind, share, seed);

      expect(crashes).toEqual([]);
      expect(slowestMs > 1_000 ? slowest : 'fast').toBe('fast');
      expect((process.memoryUsage().heapUsed - before) / megabyte).toBeLessThan(300);
    },
    3_600_000,
  );
});
