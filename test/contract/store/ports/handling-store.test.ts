import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { toUserId } from '../../../../shared/kernel/ids';
import { silentLogger } from '../../../../shared/kernel/logger';
import { seededRandom } from '../../../../shared/kernel/random';
import type { HandlingStore } from '../../../../shared/store/ports/handling-store';
import { makeTableStores } from '../../../../shared/store/tables/table-stores';
import { startAzurite } from '../../../support/azurite';
import type { Azurite } from '../../../support/azurite';
import { ManualClock } from '../../../support/manual-clock';

let azurite: Azurite;
let handling: HandlingStore;
beforeAll(async () => {
  azurite = await startAzurite();
  const clock = new ManualClock(5_000);
  handling = makeTableStores({ ...azurite, clock, random: seededRandom(1), logger: silentLogger }).handling;
});
afterAll(() => azurite.close());

it('counts beginnings that did not end, also of two at once, and forgets them at an end', async () => {
  const user = toUserId('bbbbbbbb-0000-4000-8000-000000000001');
  expect(await handling.unfinished(user)).toBe(0);
  await handling.finish(user);

  await handling.begin(user, 1);
  await Promise.all([handling.begin(user, 2), handling.begin(user, 3)]);
  expect(await handling.unfinished(user)).toBe(3);
  expect(await handling.unfinished(toUserId('bbbbbbbb-0000-4000-8000-000000000002'))).toBe(0);

  await handling.finish(user);
  expect(await handling.unfinished(user)).toBe(0);
});
