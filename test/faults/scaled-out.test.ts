import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toUserId } from '../../shared/kernel/ids';
import { queueNames } from '../../shared/queue/queues';
import { pidsOfInstance } from '../support/faults/instances';
import {
  joiner,
  judgeJoiner,
  licensedOnce,
  waitUntilLicensed,
  waitUntilQuiet,
} from '../support/judge-joiner';
import { never, startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { hintFor, sendHints, sendTo } from '../support/queue-messages';
import { startScriptedGraph } from '../support/scripted-graph';
import type { ScriptedGraph } from '../support/scripted-graph';
import { writeScaledQueues } from '../support/scaled-queues';
import { waitUntil } from '../support/wait-until';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';

/**
 * As on Flex Consumption after scaling out: decide and apply in two processes each, all others in one. test/long/flex has
 * the whole of it, each function alone.
 */
describe('an app whose functions run in several processes', () => {
  let folder: string;
  let test: TestCloud;
  let webhook: ScriptedGraph;
  beforeAll(async () => {
    webhook = await startScriptedGraph();
    webhook.script = () => ({ status: 204 });
    folder = mkdtempSync(join(tmpdir(), 'scaled-out-'));
    test = await startTestCloud({
      instances: 'apply=2,decide=2',
      serviceBusConfig: writeScaledQueues(folder, 12),
      settings: { LICENSER_DELTA_SCHEDULE: never, LICENSER_WEBHOOK_URL: webhook.origin },
    });
  });
  afterAll(async () => {
    await test?.stop();
    await webhook?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const setFaults = async (faults: Record<string, unknown>) => {
    const answer = await fetch(`${test.cloud.file.graph.origin}/_local/faults`, {
      method: 'POST',
      headers: controlHeaders(test.cloud.file.graph),
      body: JSON.stringify(faults),
    });
    expect(answer.status).toBe(200);
  };
  const openFailures = async () => {
    const open = [];
    for await (const failure of test.stores.failures.list('open')) open.push(failure);
    return open;
  };

  it('takes overlapping hints for one licensed user for no deaths: the user stays as they are', async () => {
    const [user] = await test.bring([joiner('overlapping')]);
    const id = user?.id ?? '';
    await sendHints(test, [id]);
    await waitUntilLicensed(test, id);
    await waitUntilQuiet(test);

    await setFaults({ latencyMs: 700 });
    const now = Date.now();
    await sendTo(
      test,
      queueNames.directoryChanges,
      Array.from({ length: 14 }, (_, age) => hintFor(id, now - age * 1_000)),
    );
    await waitUntilQuiet(test);
    await setFaults({ latencyMs: 0 });

    expect(await judgeJoiner(test, id)).toMatchObject(licensedOnce);
    expect(await openFailures()).toEqual([]);
    expect(test.lines.filter((line) => line.includes('have died'))).toEqual([]);
  });

  it('licenses everybody once while one process of apply is killed and the other is scaled in', async () => {
    const users = await test.bring(Array.from({ length: 30 }, (_, index) => joiner(`scaled.${index}`)));
    const written = async () =>
      (await test.control.writeLog(0)).filter(({ kind, effective }) => kind === 'assignLicense' && effective)
        .length;
    const before = await written();
    // A fast machine would have written to everybody before the kill.
    await setFaults({ writeMs: 200 });

    await sendHints(
      test,
      users.map(({ id }) => id),
    );
    await waitUntil('some are written', async () => (await written()) >= before + 3);
    process.kill(pidsOfInstance(test, 'apply-1')[0] ?? 0, 'SIGKILL');
    // Told to stop it gives back what it has in hand, and is not started again.
    process.kill(pidsOfInstance(test, 'apply-2')[0] ?? 0, 'SIGTERM');

    for (const { id } of users) await waitUntilLicensed(test, id);
    await waitUntilQuiet(test);
    await setFaults({ writeMs: 0 });
    for (const { id } of users) expect(await judgeJoiner(test, id)).toMatchObject(licensedOnce);
    await waitUntil('the killed one runs again', async () => pidsOfInstance(test, 'apply-1').length === 2);
    expect(pidsOfInstance(test, 'apply-2')).toHaveLength(1);
    expect(test.exits).toEqual([]);
  });

  it('tells the webhook what it has counted when the instance that counted it is scaled in', async () => {
    const told = () =>
      webhook.seen
        .map(({ body }) => body as { event: string; reason: { code: string }; count: number })
        .filter(({ event, reason }) => event === 'blocked' && reason.code === 'graph/prohibitedLocation')
        .reduce((sum, { count }) => sum + count, 0);
    // No service may be used there; apply-1 is the only process of apply that is left.
    const users = await test.bring(
      Array.from({ length: 4 }, (_, index) => joiner(`barred.${index}`, { country: 'KP' })),
    );
    await sendHints(
      test,
      users.map(({ id }) => id),
    );
    for (const { id } of users) {
      await waitUntil(`user ${id} is blocked`, async () => {
        const { state } = await test.stores.users.read(toUserId(id));
        return state?.outcome === 'blocked';
      });
    }
    // The first is told at once, the others with the next call, a minute later.
    await waitUntil('the first is told', async () => told() > 0);

    process.kill(pidsOfInstance(test, 'apply-1').at(-1) ?? 0, 'SIGTERM');

    await waitUntil('all are told', async () => told() === users.length);
    expect(test.exits).toEqual([]);
  });
});
