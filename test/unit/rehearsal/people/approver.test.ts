import { expect, it } from '@jest/globals';
import { approveEachMorning } from '../../../../rehearsal/people/approver';
import { VirtualTime } from '../../../../rehearsal/world/virtual-time';

it('hands on what is no refusal, each morning, instead of leaving it to no caller', async () => {
  const time = new VirtualTime(0);
  const why = new Error('the tables are gone');
  const world = { time, hosts: {}, stores: { rollouts: { list: async () => Promise.reject(why) } } };
  const errors: unknown[] = [];

  approveEachMorning(world as never, 2, (error) => errors.push(error));
  await time.run(3 * 24 * 60 * 60_000);
  await new Promise((resolve) => setImmediate(resolve));

  expect(errors).toEqual([why, why]);
});
