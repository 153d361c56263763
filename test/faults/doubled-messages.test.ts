import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toUserId } from '../../shared/kernel/ids';
import {
  ems,
  intune,
  joiner,
  judgeJoiner,
  licensedOnce,
  waitUntilLicensed,
  waitUntilQuiet,
} from '../support/judge-joiner';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import type { TestCloud } from '../support/local-cloud';
import { hintFor, operationFor, sendTo } from '../support/queue-messages';
import { queueNames } from '../../shared/queue/queues';

const visio = 'c5928f49-12ba-48f7-ada3-0d743a3601d5';
/** Hints are all there is: neither delta nor notifications run. */
describe('messages that are duplicated, out of order, late, or from a forger', () => {
  let test: TestCloud;
  beforeAll(async () => {
    test = await leaseTestCloud('hints');
  });
  afterAll(() => test?.stop());

  const ours = { add: [{ skuId: ems, disabledPlans: [intune] }] };

  it('license each of twenty users once: every hint comes five times, newest first', async () => {
    const users = await test.bring(Array.from({ length: 20 }, (_, index) => joiner(`doubled.${index}`)));
    const now = Date.now();
    const hints = users.flatMap(({ id }) => [0, 1, 2, 3, 4].map((age) => hintFor(id, now - age * 60_000)));

    await sendTo(test, queueNames.directoryChanges, hints);
    for (const { id } of users) await waitUntilLicensed(test, id);

    await waitUntilQuiet(test);
    for (const { id } of users) expect(await judgeJoiner(test, id)).toMatchObject(licensedOnce);
  });

  it('license a user once whose operation is in both queues, several times, in two lanes', async () => {
    const [user] = await test.bring([joiner('both.queues')]);
    const id = user?.id ?? '';
    const inLane = operationFor(id, ours);

    await Promise.all([
      sendTo(test, queueNames.licenseChanges, [inLane, inLane, { ...inLane, sessionId: 'lane-of-no-user' }]),
      sendTo(test, queueNames.licenseChangesBulk, [inLane, inLane]),
      sendTo(test, queueNames.directoryChanges, [hintFor(id, Date.now())]),
    ]);
    await waitUntilLicensed(test, id);

    await waitUntilQuiet(test);
    expect(await judgeJoiner(test, id)).toMatchObject(licensedOnce);
  });

  it('change nothing by a stale or forged operation for a user who has what the policy says', async () => {
    const [user] = await test.bring([joiner('settled')]);
    const id = user?.id ?? '';
    await sendTo(test, queueNames.directoryChanges, [hintFor(id, Date.now())]);
    await waitUntilLicensed(test, id);
    await waitUntilQuiet(test);
    const writes = async () => (await test.control.writeLog(0)).filter(({ userId }) => userId === id);
    const before = await writes();

    await sendTo(test, queueNames.licenseChanges, [
      // Stale: what an earlier policy had said.
      operationFor(id, { add: [{ skuId: ems, disabledPlans: [] }] }),
      // Forged: a license that no rule gives, and the removal of one that a rule does.
      operationFor(id, { kind: 'swap', add: [{ skuId: visio, disabledPlans: [] }], remove: [ems] }),
      operationFor(id, { kind: 'remove', remove: [ems] }),
    ]);
    await sendTo(test, queueNames.directoryChanges, [hintFor(id, 0)]);
    await waitUntilQuiet(test);

    expect(await writes()).toEqual(before);
    expect(await judgeJoiner(test, id)).toMatchObject(licensedOnce);
    const queues = await test.control.queueCounters();
    expect(Object.values(queues).filter(({ deadLettered }) => deadLettered > 0)).toEqual([]);
  });

  it('drop a scheduled look with a number that the row has passed', async () => {
    const [user] = await test.bring([joiner('old.look')]);
    const id = user?.id ?? '';
    await sendTo(test, queueNames.directoryChanges, [hintFor(id, Date.now())]);
    await waitUntilLicensed(test, id);
    await waitUntilQuiet(test);
    const before = await test.stores.users.read(toUserId(id));

    await sendTo(test, queueNames.directoryChanges, [
      hintFor(id, Date.now(), { source: 'retry', retryToken: '0.stale' }),
    ]);
    await waitUntilQuiet(test);

    expect(await test.stores.users.read(toUserId(id))).toEqual(before);
  });
});
