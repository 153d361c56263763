import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdRequest } from '../support/faults/graph-holds';
import type { GraphHold } from '../support/faults/graph-holds';
import {
  joiner,
  judgeJoiner,
  licensedOnce,
  waitUntilLicensed,
  waitUntilQuiet,
} from '../support/judge-joiner';
import { startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { writeScaledQueues } from '../support/scaled-queues';
import { waitUntil } from '../support/wait-until';

/**
 * The functions host is killed (SIGKILL) at each step of writing one user. Graph holds the request of that step; no
 * hook is in the product. What a dead process sent is let go afterwards, so that it takes effect late, beside the
 * writes of its successor.
 *
 * | killed | covered by |
 * | --- | --- |
 * | before deciding, and between the decision's row and its message | test/unit/pipeline/handlers "sends the operation after all …", killed-processes |
 * | after the intent, before the PATCH took effect | here, `before PATCH` |
 * | after the PATCH took effect, before its answer | here, `after PATCH` |
 * | between PATCH and POST, before the POST took effect | here, `before POST` |
 * | after the POST took effect, before its answer | here, `after POST` |
 * | after the answer, before the outcome's row (tables away meanwhile) | here, `before the outcome's row` |
 * | after the outcome's row, before the message is completed | redelivery: doubled-messages, killed-processes |
 * | at random moments, and broker and tables too | killed-processes, test/long/killed-processes |
 * | while apply reads; before and after the swap of a user who has a license to lose | killed-movers |
 * | after the POST took effect, while no read shows it | lagging-cloud |
 * | lock lost while a write hangs; connection reset after the commit | interrupted-writes |
 * | lock lost in a lane that is busy for longer than it is renewed | busy-lane |
 * | no kill: a person, seats, hosts that stop while the POST hangs | changed-in-flight |
 * | 429, 503, duplicated and reordered notifications | misbehaving-cloud |
 * | tables away for five minutes | tables-away |
 */
const phases = [
  ['before PATCH', 'PATCH', 'before'],
  ['after PATCH', 'PATCH', 'after'],
  ['before POST', 'POST', 'before'],
  ['after POST', 'POST', 'after'],
] as const;

const userIds = phases.map((_, index) => `cccccccc-0000-4000-8000-00000000000${index + 1}`);
const lastId = 'cccccccc-0000-4000-8000-000000000009';

describe('a functions host that is killed while it writes', () => {
  let folder: string;
  let test: TestCloud;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'killed-while-writing-'));
    test = await startTestCloud({
      tablesLocation: join(folder, 'tables'),
      // Locks a sixth as long as in Azure: what the dead process held comes free soon.
      serviceBusConfig: writeScaledQueues(folder, 6),
      settings: { LICENSER_DELTA_SCHEDULE: '*/1 * * * * *' },
    });
  });
  afterAll(async () => {
    await test?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('leaves everyone licensed, by one write each that took effect, whatever was under way', async () => {
    const holds: GraphHold[] = [];
    for (const [index, [, method, phase]] of phases.entries()) {
      const user = `/users/${userIds[index] ?? ''}`;
      const path = method === 'PATCH' ? user : `${user}/assignLicense`;
      holds.push(await holdRequest(test, { method, path, phase }));
    }
    await test.bring(userIds.map((id, index) => joiner(`killed.${index}`, { id })));
    await Promise.all(holds.map((hold) => hold.caught()));

    await test.cloud.processes.functions.kill('SIGKILL');
    await test.cloud.processes.functions.restart();
    for (const id of userIds) await waitUntilLicensed(test, id);
    for (const hold of holds) await hold.release();

    await waitUntilQuiet(test);
    for (const [index, [phase]] of phases.entries()) {
      const verdict = await judgeJoiner(test, userIds[index] ?? '');
      expect({ phase, ...verdict }).toMatchObject({ phase, ...licensedOnce });
    }
  });

  it("leaves the user licensed, by one write that took effect: before the outcome's row", async () => {
    const hold = await holdRequest(test, {
      method: 'POST',
      path: `/users/${lastId}/assignLicense`,
      phase: 'after',
    });
    await test.bring([joiner('killed.before.row', { id: lastId })]);
    await hold.caught();
    await test.cloud.processes.tables.kill('SIGKILL');
    const seen = test.lines.length;
    await hold.release();
    // The host has Graph's answer and cannot store it.
    await waitUntil('the row cannot be written', async () =>
      test.lines.slice(seen).some((line) => line.includes('Table service call is tried again')),
    );

    await test.cloud.processes.functions.kill('SIGKILL');
    await test.cloud.processes.tables.restart();
    await test.cloud.processes.functions.restart();
    await waitUntilLicensed(test, lastId);

    await waitUntilQuiet(test);
    const verdict = await judgeJoiner(test, lastId);
    expect(verdict).toMatchObject(licensedOnce);
    // Told from the intent and a read, not from an answer.
    expect(verdict.steps.filter((step) => step === 'written')).toHaveLength(1);
    expect(test.exits).toEqual([]);
  });
});
