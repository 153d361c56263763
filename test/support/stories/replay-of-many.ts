import { expect } from '@jest/globals';
import type { RepairWorld } from '../repair-world';

/**
 * `many` users find no seat and are listed as one class; after seats were bought one replay licenses them all, by one
 * write each, and those for whom something else is right by then get that.
 */
export async function checkReplayOfMany(world: RepairWorld, many: number): Promise<void> {
  const { test } = world;
  await world.setSeats(await world.takenSeats());
  const ids = await world.bring('Sales', many);
  await world.untilOutcome(ids, 'waiting');
  const before = await world.json<{ classes: { class: string; count: number; repair: string }[] }>(
    ...['failure', 'list', '--class', 'seats', '--by-class'],
  );
  // What is right for these has changed since they were refused: nothing may be sent as it was.
  const movers = ids.slice(0, Math.ceil(many / 25));
  for (const id of movers) await world.change(id, { department: 'Finance' });
  const bought = (await world.takenSeats()) + many;
  // Counted first: a look of the product's own may take a seat as soon as there is one.
  const boughtAt = (await test.control.writeLog(0)).length;
  await world.setSeats(bought);

  const replayed = await world.json<{ users: string[]; rollout: string | null }>(
    ...['failure', 'replay', '--class', 'seats', '--why', `bought ${many} seats`],
  );
  const firstWrites = new Set(
    (await test.control.writeLog(0))
      .slice(boughtAt)
      .flatMap(({ userId, status }) => (status === 200 ? [userId] : [])),
  );
  const again = await world.json<{ users: string[]; underWay: string[] }>(
    'failure',
    'replay',
    '--class',
    'seats',
  );
  // The waiting list hands seats out in portions.
  await world.untilOutcome(ids, 'licensed', () => test.runFunction('waiting-list'));

  // Every bought seat is taken, and none twice.
  expect(await world.takenSeats()).toBe(bought);
  expect(before.classes).toEqual([expect.objectContaining({ class: 'seats', count: many })]);
  // On a slow machine a look of the product's own may give some of them a seat before the replay has found them.
  const servedBefore = ids.filter((id) => firstWrites.has(id) && !replayed.users.includes(id));
  expect([...replayed.users, ...servedBefore].sort()).toEqual([...ids].sort());
  expect(replayed.users.length).toBeGreaterThan(0);
  // So many that they are fed by a rollout, unless such looks left 50 or fewer to the replay.
  if (replayed.users.length > 50) expect(replayed.rollout).toMatch(/^replay-/);
  else expect([replayed.rollout, servedBefore.length]).toEqual([null, ids.length - replayed.users.length]);
  // The second replay leaves out the users that the first one still feeds.
  expect(again.users.filter((id) => again.underWay.includes(id))).toEqual([]);
  const writes = (await test.control.writeLog(0)).slice(boughtAt).filter(({ status }) => status === 200);
  const perUser = new Map<string, number>();
  for (const { userId } of writes) perUser.set(userId, (perUser.get(userId) ?? 0) + 1);
  for (const id of ids) expect(perUser.get(id)).toBe(1);
  const plansOff = (some: readonly string[]) => [
    ...new Set(
      writes.filter(({ userId }) => some.includes(userId)).map(({ add }) => add?.[0]?.disabledPlans.join()),
    ),
  ];
  const [ofMovers, ...otherMovers] = plansOff(movers);
  const [ofStayers, ...otherStayers] = plansOff(ids.slice(movers.length));
  expect([otherMovers, otherStayers]).toEqual([[], []]);
  expect(ofMovers).not.toBe(ofStayers);
  const after = await world.licenser('failure', 'replay', '--class', 'seats');
  expect(after.code).toBe(0);
  expect(after.stdout).toContain('nothing to replay');
}
