import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toUserId } from '../../shared/kernel/ids';
import { laneOf } from '../../shared/queue/lanes';
import { makeAppWithHost } from '../support/faults/app-with-host';
import { holdRequest } from '../support/faults/graph-holds';
import {
  joiner,
  judgeJoiner,
  licensedOnce,
  setFaults,
  waitUntilLicensed,
  waitUntilQuiet,
} from '../support/judge-joiner';
import { startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { writeScaledQueues } from '../support/scaled-queues';

const idOf = (number: number) => `dddddddd-0000-4000-8000-${String(number).padStart(12, '0')}`;
const lane = (id: string) => laneOf(toUserId(id), 32);

/** The first id from `from` on whose user shares the lane of `id`. */
function neighborOf(id: string, from: number): string {
  for (let number = from; ; number++) if (lane(idOf(number)) === lane(id)) return idOf(number);
}

/**
 * Writes that hang or whose answer is lost, while the host lives on. A session lock of 5 s is renewed for no more
 * than 3 s (in Azure: 60 s, for four hours), so a write that hangs outlives the lock of its lane, and the message is
 * delivered a second time beside the first.
 */
describe('a write that is interrupted', () => {
  let folder: string;
  let test: TestCloud;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'interrupted-writes-'));
    test = await startTestCloud({
      appRoot: makeAppWithHost(folder, { maxAutoLockRenewalDuration: '00:00:03' }),
      serviceBusConfig: writeScaledQueues(folder, 12),
      serviceBusData: join(folder, 'service-bus'),
      settings: { LICENSER_DELTA_SCHEDULE: '*/1 * * * * *' },
    });
  });
  afterAll(async () => {
    await test?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['before it takes effect', 'before', 1],
    ['after it took effect', 'after', 2],
  ] as const)(
    'hangs for longer than its lane’s lock is renewed, %s: the lane goes on, nothing is written twice',
    async (_when, phase, number) => {
      const id = idOf(number);
      const neighbor = neighborOf(id, 100 * number);
      const hold = await holdRequest(test, { method: 'POST', path: `/users/${id}/assignLicense`, phase });
      await test.bring([joiner(`hanging.${phase}`, { id })]);
      await hold.caught();
      await test.bring([joiner(`neighbor.${phase}`, { id: neighbor })]);

      // While the first delivery still hangs, the second one licenses the user, and the one who came after.
      await waitUntilLicensed(test, id);
      await waitUntilLicensed(test, neighbor);
      await hold.release();

      await waitUntilQuiet(test);
      expect(await judgeJoiner(test, id)).toMatchObject(licensedOnce);
      expect(await judgeJoiner(test, neighbor)).toMatchObject(licensedOnce);
    },
  );

  it('loses the broker, and with it the lock of its lane, before the message is completed', async () => {
    const id = idOf(3);
    const hold = await holdRequest(test, {
      method: 'POST',
      path: `/users/${id}/assignLicense`,
      phase: 'after',
    });
    await test.bring([joiner('without.broker', { id })]);
    await hold.caught();

    await test.cloud.processes.serviceBus.kill('SIGKILL');
    await test.cloud.processes.serviceBus.restart();
    await hold.release();
    await waitUntilLicensed(test, id);

    await waitUntilQuiet(test);
    expect(await judgeJoiner(test, id)).toMatchObject(licensedOnce);
  });

  it('gets no answer, because the connection breaks after the commit: it is read back, not repeated', async () => {
    const ids = [11, 12, 13, 14, 15, 16].map(idOf);
    await setFaults(test, { resetAfterCommitRate: 1 });

    await test.bring(ids.map((id, index) => joiner(`reset.${index}`, { id })));
    for (const id of ids) await waitUntilLicensed(test, id);
    await setFaults(test, { resetAfterCommitRate: 0 });

    await waitUntilQuiet(test);
    for (const id of ids) expect(await judgeJoiner(test, id)).toMatchObject(licensedOnce);
    expect(test.exits).toEqual([]);
  });

  it('is of a user whom Graph does not know for 8 s after reporting them', async () => {
    const id = idOf(4);
    await setFaults(test, { notFoundLagMs: 8_000 });

    await test.bring([joiner('fresh', { id })]);
    await waitUntilLicensed(test, id);
    await setFaults(test, { notFoundLagMs: 0 });

    await waitUntilQuiet(test);
    expect(await judgeJoiner(test, id)).toMatchObject(licensedOnce);
  });
});
