import { randomInt } from 'node:crypto';
import { it } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryScarceCase, checkOrderOfService } from '../unit/licensing/seats/scarce-seats';

const seed = randomInt(2 ** 31);

it(`scarce seats in any of 20,000 tenants go to the same priorities in whatever order, seed ${seed}`, () => {
  fc.assert(
    fc.property(arbitraryScarceCase, (made) => void checkOrderOfService(made)),
    { seed, numRuns: 20_000 },
  );
}, 900_000);
