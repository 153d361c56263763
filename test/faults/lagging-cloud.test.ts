import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { holdRequest } from '../support/faults/graph-holds';
import {
  ems,
  intune,
  joiner,
  judgeJoiner,
  judgedLog,
  licensedOnce,
  setFaults,
  waitUntilLicensed,
  waitUntilQuiet,
} from '../support/judge-joiner';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import type { TestCloud } from '../support/local-cloud';
import { hintFor, operationFor, sendHints, sendTo } from '../support/queue-messages';
import { queueNames } from '../../shared/queue/queues';

const lagMs = 5 * 60_000;
/** What Graph shows is nothing yet; everything else is as it must be. */
const judged = { ...licensedOnce, holds: [] };
const idOf = (number: number) => `abababab-0000-4000-8000-00000000000${number}`;

/**
 * Graph shows everybody as they came, for longer than this test runs. What becomes of it once the five minutes are
 * over is told by read-lag.test.ts, on a clock that moves.
 */
describe('a cloud whose reads are five minutes behind', () => {
  let test: TestCloud;
  beforeAll(async () => {
    test = await leaseTestCloud('hints');
    await setFaults(test, { staleReadMs: lagMs });
  });
  afterAll(() => test?.stop());

  it('does not write again to a user whose license no read shows, whatever asks and however often', async () => {
    const id = idOf(1);
    await test.bring([joiner('unseen', { id })]);
    await sendHints(test, [id]);
    await waitUntilLicensed(test, id);

    const operation = operationFor(id, { add: [{ skuId: ems, disabledPlans: [intune] }] });
    await sendTo(test, queueNames.licenseChanges, [operation, operation]);
    await sendTo(test, queueNames.licenseChangesBulk, [operation]);
    const sources = ['notification', 'delta', 'operator', 'census', 'deadLetter'] as const;
    await sendTo(
      test,
      queueNames.directoryChanges,
      sources.flatMap((source) => [
        hintFor(id, Date.now(), { source }),
        hintFor(id, Date.now() - 60_000, { source }),
      ]),
    );
    await waitUntilQuiet(test);

    expect(await shown(id)).toEqual([]);
    expect(await writes(id)).toEqual([
      ['usageLocation', true],
      ['assignLicense', true],
    ]);
    expect(await judgeJoiner(test, id)).toMatchObject(judged);
  });

  it('finishes a write that took effect before the host was killed: at worst the same one again', async () => {
    const id = idOf(2);
    const path = `/users/${id}/assignLicense`;
    const hold = await holdRequest(test, { method: 'POST', path, phase: 'after' });
    await test.bring([joiner('unseen.killed', { id })]);
    await sendHints(test, [id]);
    await hold.caught();

    await test.cloud.processes.functions.kill('SIGKILL');
    await test.cloud.processes.functions.restart();
    await waitUntilLicensed(test, id);
    await hold.release();
    await waitUntilQuiet(test);

    expect(await shown(id)).toEqual([]);
    expect(await judgeJoiner(test, id)).toMatchObject(judged);
    expect((await writes(id)).filter(([kind]) => kind === 'assignLicense').length).toBeLessThanOrEqual(2);
  });

  async function shown(id: string): Promise<unknown> {
    return (await test.graph('GET', `/users/${id}?$select=id,assignedLicenses`)).body['assignedLicenses'];
  }

  async function writes(id: string) {
    const log = (await judgedLog(test)).filter(({ userId }) => userId === id);
    return log.map(({ kind, effective }) => [kind, effective] as const);
  }
});
