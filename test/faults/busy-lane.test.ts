import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAppWithHost } from '../support/faults/app-with-host';
import { ems, joiner, judgedLog, setFaults, waitUntilQuiet } from '../support/judge-joiner';
import { startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { writeScaledQueues } from '../support/scaled-queues';
import { waitUntil } from '../support/wait-until';

const users = 30;
/** Milliseconds of one write: all of them together take more than twice the lock. */
const writeMs = 400;

/**
 * One lane with more to write than it may stay locked. Renewal counts from when the session was accepted, however
 * many messages came since: in Azure four hours, here 3 s. The lock ends with a message in hand, again and again.
 */
describe('a lane that is busy for longer than its lock is renewed', () => {
  let folder: string;
  let test: TestCloud;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'busy-lane-'));
    test = await startTestCloud({
      appRoot: makeAppWithHost(folder, { maxAutoLockRenewalDuration: '00:00:03' }),
      serviceBusConfig: writeScaledQueues(folder, 12),
      settings: { LICENSER_DELTA_SCHEDULE: '*/1 * * * * *', LICENSER_LANES: '1' },
    });
  });
  afterAll(async () => {
    await test?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('licenses everybody, by one write each that took effect', async () => {
    await setFaults(test, { writeMs });
    const people = Array.from({ length: users }, (_, index) =>
      joiner(`queued.${index}`, { usageLocation: 'NL' }),
    );
    const brought = await test.bring(people);
    const effective = async () => (await judgedLog(test)).filter((entry) => entry.effective);
    await waitUntil('all are written', async () => (await effective()).length >= users);
    await waitUntilQuiet(test);

    const writes = await effective();
    expect(writes.map(({ userId }) => userId).sort()).toEqual(brought.map(({ id }) => id).sort());
    for (const { add } of writes) expect(add?.map(({ skuId }) => skuId)).toEqual([ems]);
    const outcomes: (string | null)[] = [];
    for await (const { state } of test.stores.users.list()) outcomes.push(state.outcome);
    expect(outcomes.filter((outcome) => outcome !== 'licensed')).toEqual([]);
    // The lane was busy beyond its lock, and the broker took it from under a message in hand.
    const queues = Object.values(await test.control.queueCounters());
    expect(queues.reduce((sum, { lockLost }) => sum + lockLost, 0)).toBeGreaterThan(0);
    expect(queues.filter(({ deadLettered }) => deadLettered > 0)).toEqual([]);
    expect(test.exits).toEqual([]);
  });
});
