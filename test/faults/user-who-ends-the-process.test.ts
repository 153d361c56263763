import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toUserId } from '../../shared/kernel/ids';
import { joiner } from '../support/judge-joiner';
import { startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { writeScaledQueues } from '../support/scaled-queues';
import { waitUntil } from '../support/wait-until';

const person = (name: string) => joiner(name, { usageLocation: 'NL', onPremisesSyncEnabled: true });

/** Starts the functions host again whenever it dies, as the platform does; gives the number of its deaths. */
function keepAlive(test: TestCloud): { deaths: () => number; stop: () => Promise<void> } {
  let isOver = false;
  let deaths = 0;
  const loop = (async () => {
    while (!isOver) {
      if (test.exits.length > deaths) {
        deaths = test.exits.length;
        await test.cloud.processes.functions.restart();
      }
      await sleep(50);
    }
  })();
  return {
    deaths: () => deaths,
    stop: async () => {
      isOver = true;
      await loop;
    },
  };
}

describe('a user whose handling ends the process, every time', () => {
  let test: TestCloud | undefined;
  let folder: string | undefined;
  afterEach(async () => {
    await test?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['in decide, when Graph answers', { call: 'read', path: 'v1.0/$batch' }],
    ['in apply, before the write is sent', { call: 'write', path: 'assignLicense' }],
  ])(
    '%s, ends as a failure, while the others of the lane are licensed',
    async (_where, poison) => {
      folder = mkdtempSync(join(tmpdir(), 'poison-'));
      const poisonFile = join(folder, 'poison.json');
      test = await startTestCloud({
        tablesLocation: join(folder, 'tables'),
        serviceBusData: join(folder, 'service-bus'),
        serviceBusConfig: writeScaledQueues(folder, 12),
        settings: {
          LICENSER_DELTA_SCHEDULE: '*/1 * * * * *',
          LICENSER_LANES: '1',
          NODE_OPTIONS: `--require ${join(__dirname, '..', 'support', 'faults', 'poison-preload.cjs')}`,
          POISON_FILE: poisonFile,
        },
      });
      const running = test;
      const host = keepAlive(running);
      try {
        const [victim] = await running.bring([
          { ...person('poison'), accountEnabled: false, department: 'None' },
        ]);
        const poisonId = toUserId(victim?.id ?? '');
        writeFileSync(poisonFile, JSON.stringify({ ...poison, userId: poisonId }));
        await running.graph('PATCH', `/users/${poisonId}`, { department: 'Sales', accountEnabled: true });
        const others = await running.bring(Array.from({ length: 12 }, (_, index) => person(`well-${index}`)));

        const failed = await waitUntil(
          'the user is given up on',
          async () => {
            const { state } = await running.stores.users.read(poisonId);
            return state?.outcome === 'failed' && state;
          },
          400_000,
        );
        for (const { id } of others) {
          await waitUntil(`user ${id} is licensed`, async () => {
            const { state } = await running.stores.users.read(toUserId(id));
            return state?.outcome === 'licensed';
          });
        }

        expect(failed.reasons[0]?.code).toBe('crash/handling');
        const failures = [];
        for await (const failure of running.stores.failures.list('open')) failures.push(failure);
        expect(failures).toMatchObject([{ subject: poisonId, class: 'crash', count: 1 }]);
        // Two before anybody is careful, three to be sure of the user.
        expect(host.deaths()).toBeLessThanOrEqual(8);
        const deaths = host.deaths();
        // A further change of the user is no reason to try again; the lane goes on.
        await running.graph('PATCH', `/users/${poisonId}`, { jobTitle: 'Changed' });
        const [late] = await running.bring([person('late')]);
        await waitUntil('a latecomer is licensed', async () => {
          const { state } = await running.stores.users.read(toUserId(late?.id ?? ''));
          return state?.outcome === 'licensed';
        });
        expect(host.deaths()).toBe(deaths);
        const log = await running.control.writeLog(0);
        const effective = log.filter((entry) => entry.kind === 'assignLicense' && entry.effective);
        expect(new Set(effective.map(({ userId }) => userId)).size).toBe(effective.length);
      } finally {
        await host.stop();
      }
    },
    600_000,
  );
});
