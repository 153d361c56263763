import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryScarceCase, checkOrderOfService } from './scarce-seats';

// test/long/scarce-seats.test.ts takes 20,000.
const seed = 20160829;

describe('scarce seats in any of 150 tenants, given out in the embedded Graph', () => {
  it('go to the same priorities in whatever order users are seen, looked at again, granted and forgotten', () => {
    let short = 0;
    let ample = 0;

    const property = fc.property(arbitraryScarceCase, (made) => {
      const { waiting } = checkOrderOfService(made);
      if (waiting.SPE_E5 + waiting.PROJECTPROFESSIONAL > 0) short += 1;
      else ample += 1;
    });
    fc.assert(property, { seed, numRuns: 150 });

    expect(short).toBeGreaterThan(15);
    expect(ample).toBeGreaterThan(15);
  });
});
