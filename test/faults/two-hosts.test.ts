import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstLicensing, peakOverRate } from '../../bench/measuring/write-figures';
import { ems, intune, joiner, judgedLog, waitUntilQuiet } from '../support/judge-joiner';
import { startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { writeScaledQueues } from '../support/scaled-queues';
import { waitUntil } from '../support/wait-until';

/** What the app may use of Graph's 20 writes a second. */
const ratePerSecond = 16;
const users = 200;
/** Leased at most: the burst of 2 s and one slice more. A slice may be used up to a second after it was leased. */
const slackSeconds = 3 + 1;

/**
 * Two functions hosts lease from one quota row by compare-and-set while there is more to write than the quota
 * allows; half-way the first one is killed, so that the second must have been at it. Judged by Graph's write log.
 */
describe('two functions hosts that share one write quota', () => {
  let folder: string;
  let test: TestCloud;
  let ids: readonly string[];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'two-hosts-'));
    test = await startTestCloud({
      quotaFactor: 1,
      // Locks of 5 s: what the dead host held comes free soon.
      serviceBusConfig: writeScaledQueues(folder, 12),
      settings: { LICENSER_DELTA_SCHEDULE: '*/1 * * * * *' },
    });
    await test.cloud.addFunctionsHost();
    const people = Array.from({ length: users }, (_, index) =>
      joiner(`shared.${index}`, { usageLocation: 'NL' }),
    );
    const written = (count: number) =>
      waitUntil(
        `${count} users are written`,
        async () => firstLicensing(await judgedLog(test)).size >= count,
      );
    ids = (await test.bring(people)).map(({ id }) => id.toLowerCase());
    await written(users / 2);
    await test.cloud.processes.functions.kill('SIGKILL');
    await written(users);
    await waitUntilQuiet(test);
  });
  afterAll(async () => {
    await test?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('license everybody, by one write each that took effect', async () => {
    const effective = (await judgedLog(test)).filter((entry) => entry.effective);
    const outcomes = new Map<string, string | null>();
    for await (const { userId, state } of test.stores.users.list()) outcomes.set(userId, state.outcome);

    expect(effective.map(({ userId }) => userId.toLowerCase()).sort()).toEqual([...ids].sort());
    for (const { kind, add } of effective) {
      expect({ kind, add }).toEqual({
        kind: 'assignLicense',
        add: [{ skuId: ems, disabledPlans: [intune] }],
      });
    }
    expect(ids.filter((id) => outcomes.get(id) !== 'licensed')).toEqual([]);
    expect(test.exits).toEqual([]);
  });

  it.each([1, 2, 5])('never write more than the quota allows in any stretch of %d s', async (seconds) => {
    const log = await judgedLog(test);

    const most = peakOverRate(log, ratePerSecond, seconds * 1_000) * ratePerSecond * seconds;

    expect(most).toBeLessThanOrEqual(ratePerSecond * (seconds + slackSeconds));
    expect(log.filter(({ status }) => status === 429)).toEqual([]);
  });
});
