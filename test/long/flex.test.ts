import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { licensingTimes } from '../../bench/measuring/write-figures';
import { misbehavior } from '../../demo/prepare-cloud';
import { toUserId } from '../../shared/kernel/ids';
import { queueNames } from '../../shared/queue/queues';
import { runSync } from '../support/faults/disturbed-sync';
import { joiner, judgedLog, waitUntilLicensed, waitUntilQuiet } from '../support/judge-joiner';
import { startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { hintFor, sendTo } from '../support/queue-messages';
import { writeScaledQueues } from '../support/scaled-queues';
import { waitUntil } from '../support/wait-until';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';

/** Each timer and HTTP alone besides: 23 processes. */
const flex = { likeFlex: true, instances: 'decide=3,apply=8,apply-bulk=2' };
/** Fewer where the machine is shared with others. */
const users = Number(process.env['LICENSER_FLEX_USERS'] ?? 2_000);

const tell = (figures: unknown) => void process.stderr.write(`${JSON.stringify(figures)}\n`);

async function setFaults(test: TestCloud, faults: object): Promise<void> {
  const answer = await fetch(`${test.cloud.file.graph.origin}/_local/faults`, {
    method: 'POST',
    headers: controlHeaders(test.cloud.file.graph),
    body: JSON.stringify(faults),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

describe('an app that is scaled out as on Flex Consumption', () => {
  let test: TestCloud | undefined;
  let folder: string | undefined;
  afterEach(async () => {
    await test?.stop();
    test = undefined;
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    folder = undefined;
  });

  it('loses no user, fails none and pauses nothing in a cloud that misbehaves', async () => {
    const seen: string[] = [];
    const result = await runSync(
      {
        ...flex,
        users,
        seed: 7,
        quotaFactor: 4,
        deadlineMs: 3_000_000,
        prepare: (running) => setFaults(running, misbehavior),
      },
      async (running, isSettled) => {
        while (!isSettled()) {
          for (const { scope } of await running.stores.control.pauses()) seen.push(scope);
          await sleep(1_000);
        }
        // One that came and went between two looks is in the log.
        return running.lines.filter((line) => line.includes('Paused: Graph refuses it'));
      },
    );
    const outcomes = result.users.map(({ id }) => result.outcomes.get(id.toLowerCase()) ?? 'none');
    const count = (outcome: string) => outcomes.filter((one) => one === outcome).length;
    tell({
      users,
      lost: count('none'),
      failed: count('failed'),
      licensed: count('licensed'),
      pauses: seen.length,
      wallMs: result.wallMs,
      ...licensingTimes(
        result.users.filter(({ id }) => result.outcomes.get(id.toLowerCase()) === 'licensed'),
        result.log,
      ),
    });

    expect(result.isSettled).toBe(true);
    expect([count('none'), count('failed')]).toEqual([0, 0]);
    // A pause of one SKU (its seats ran out) is not a pause of everybody.
    expect(seen.filter((scope) => !scope.startsWith('sku:'))).toEqual([]);
    expect(result.told.filter((line) => !/\bscope\W+sku:/.test(line))).toEqual([]);
    expect(result.deadLetters).toBe(0);
    expect(result.exits).toEqual([]);
    // 25 processes share the cores of one machine, where each has its own in Azure.
  }, 3_600_000);

  it('takes 14 overlapping hints for one licensed user for no deaths, at 3 s a request', async () => {
    test = await startTestCloud({ ...flex, settings: { LICENSER_DELTA_SCHEDULE: '*/1 * * * * *' } });
    const [user] = await test.bring([joiner('overlapping')]);
    const id = user?.id ?? '';
    await waitUntilLicensed(test, id, 300_000);
    await waitUntilQuiet(test);
    await setFaults(test, { latencyMs: 3_000 });
    const now = Date.now();

    await sendTo(
      test,
      queueNames.directoryChanges,
      Array.from({ length: 14 }, (_, age) => hintFor(id, now - age * 1_000)),
    );
    await waitUntilQuiet(test);

    const { state } = await test.stores.users.read(toUserId(id));
    expect(state?.outcome).toBe('licensed');
    const failures = [];
    for await (const failure of test.stores.failures.list('open')) failures.push(failure);
    expect(failures).toEqual([]);
    expect(test.lines.filter((line) => line.includes('have died'))).toEqual([]);
  });

  it('is hardly slower than one process once it is warm', async () => {
    const p95Of = async (how: object) => {
      const running = await startTestCloud({
        ...how,
        settings: { LICENSER_DELTA_SCHEDULE: '*/1 * * * * *' },
      });
      test = running;
      const warm = await running.bring(Array.from({ length: 32 }, (_, index) => joiner(`warm.${index}`)));
      for (const { id } of warm) await waitUntilLicensed(running, id, 300_000);
      const people = [];
      for (let index = 0; index < 100; index++) {
        people.push(...(await running.bring([joiner(`measured.${index}`)])));
        // Fewer than 50 in 15 s: more would be a crowd, whose users go in bulk.
        await sleep(350);
      }
      for (const { id } of people) await waitUntilLicensed(running, id, 300_000);
      const { p95 } = licensingTimes(people, await judgedLog(running));
      await running.stop();
      test = undefined;
      return p95;
    };

    const one = await p95Of({});
    const many = await p95Of(flex);
    tell({ p95OfOneProcessMs: one, p95OfManyMs: many });

    expect(many).toBeLessThanOrEqual(1.5 * one);
  });

  it('finds the user whose handling ends processes, while others go on', async () => {
    folder = mkdtempSync(join(tmpdir(), 'flex-poison-'));
    const poisonFile = join(folder, 'poison.json');
    test = await startTestCloud({
      ...flex,
      serviceBusConfig: writeScaledQueues(folder, 12),
      settings: {
        LICENSER_DELTA_SCHEDULE: '*/1 * * * * *',
        NODE_OPTIONS: `--require ${join(__dirname, '..', 'support', 'faults', 'poison-preload.cjs')}`,
        POISON_FILE: poisonFile,
      },
    });
    const running = test;
    const [victim] = await running.bring([joiner('poison', { accountEnabled: false, department: 'None' })]);
    const poisonId = toUserId(victim?.id ?? '');
    writeFileSync(poisonFile, JSON.stringify({ call: 'write', path: 'assignLicense', userId: poisonId }));
    await running.graph('PATCH', `/users/${poisonId}`, { department: 'Sales', accountEnabled: true });
    const others = await running.bring(Array.from({ length: 20 }, (_, index) => joiner(`well.${index}`)));

    const failed = await waitUntil(
      'the user is given up on',
      async () => {
        const { state } = await running.stores.users.read(poisonId);
        return state?.outcome === 'failed' && state;
      },
      900_000,
    );
    for (const { id } of others) await waitUntilLicensed(running, id, 300_000);
    const deaths = running.lines.filter((line) => line.includes('Instance ended by itself')).length;
    tell({ deaths });

    expect(failed.reasons[0]?.code).toBe('crash/handling');
    const failures = [];
    for await (const failure of running.stores.failures.list('open')) failures.push(failure.subject);
    expect(failures).toEqual([poisonId]);
    // Two before the app is careful, three to be sure of the user, and what was in hand in other processes meanwhile.
    expect(deaths).toBeLessThanOrEqual(12);
  });
});
