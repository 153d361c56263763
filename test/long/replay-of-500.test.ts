import { afterAll, beforeAll, it } from '@jest/globals';
import { checkReplayOfMany } from '../support/stories/replay-of-many';
import type { RepairWorld } from '../support/repair-world';
import { startRepairWorld } from '../support/repair-world';

let world: RepairWorld;
beforeAll(async () => {
  world = await startRepairWorld();
});
afterAll(() => world?.stop());

it(
  '500 users without seats are listed as one class, and one replay licenses them all, once each',
  () => checkReplayOfMany(world, 500),
  600_000,
);
