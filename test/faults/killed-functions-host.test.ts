import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { followSync } from '../../local/demo/follow-sync';
import { makeOutcomeReader } from '../../local/demo/outcomes';
import { makeReport } from '../../local/demo/report';
import { seededRandom } from '../../shared/kernel/random';
import { startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';

const users = 60;

/** Kills the functions host again and again while a sync is worked on; judged by Graph's write log alone. */
describe('a functions host that is killed in the middle', () => {
  let test: TestCloud;
  beforeAll(async () => {
    test = await startTestCloud({ settings: { LICENSER_DELTA_SCHEDULE: '*/1 * * * * *' } });
  }, 90_000);
  afterAll(() => test?.stop());

  it('loses nobody, writes nothing twice, and takes no license away', async () => {
    const random = seededRandom(20261122);
    let done = false;
    const killing = (async () => {
      for (let kill = 0; kill < 4 && !done; kill++) {
        await sleep(200 + Math.floor(random() * 1_500));
        await test.cloud.processes.functions.kill('SIGKILL');
        await test.cloud.processes.functions.restart();
      }
    })();

    const followed = await followSync(test.control, makeOutcomeReader(test.cloud.file.tables), {
      users,
      seed: 7,
      deadlineMs: 150_000,
    });
    done = true;
    await killing;

    const report = makeReport({
      ...followed,
      graph: (await test.control.graphState()).counters,
      queues: await test.control.queueCounters(),
      wallMs: 0,
    });
    expect(report).toMatchObject({ users, lost: 0, failed: 0 });
    expect(report.queue.deadLettered).toBe(0);
    const effective = followed.log.filter((entry) => entry.effective && entry.kind === 'assignLicense');
    const perUser = new Map<string, number>();
    for (const { userId } of effective) perUser.set(userId, (perUser.get(userId) ?? 0) + 1);
    expect([...perUser].filter(([, writes]) => writes > 1)).toEqual([]);
    expect(effective.flatMap((entry) => entry.remove ?? [])).toEqual([]);
  }, 240_000);
});
