import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writePrivateJson } from '../../local/cloud-file';
import { toFuncSettings } from '../../local/func-settings';
import type { ManagedProcess } from '../../packages/emulator-kit/src/managed-process';
import { queueNames } from '../../shared/queue/queues';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import {
  joiner,
  judgeJoiner,
  licensedOnce,
  waitUntilLicensed,
  waitUntilQuiet,
} from '../support/judge-joiner';
import { projectRoot } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { hintFor, sendTo } from '../support/queue-messages';
import { anotherHost } from '../support/clouds/another-host';

/**
 * docs/settings.md, "With the real Functions host", as far as it goes without one: a host that knows nothing of the
 * cloud gets the settings that `npm start` leaves for `func start`, and no others.
 */
describe('the app with the settings for Microsoft’s functions host', () => {
  const folder = mkdtempSync(join(tmpdir(), 'func-settings-'));
  const settings = join(folder, 'local.settings.json');
  let test: TestCloud;
  let host: ManagedProcess;

  beforeAll(async () => {
    test = await leaseTestCloud('hints');
    // What this cloud's own host would do, only the other one can do now.
    await test.cloud.processes.functions.kill('SIGTERM');
    writePrivateJson(settings, toFuncSettings(test.cloud.file, projectRoot));
    host = anotherHost(settings);
  });

  afterAll(async () => {
    await host?.stop();
    await test?.cloud.processes.functions.restart();
    await test?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is healthy, pauses nothing, and licenses a user with the token of the managed identity', async () => {
    const { origin } = await host.start();
    const [user] = await test.bring([joiner(`func.${crypto.randomUUID()}`)]);
    const id = user?.id ?? '';

    await sendTo(test, queueNames.directoryChanges, [hintFor(id, Date.now())]);
    await waitUntilLicensed(test, id);
    await waitUntilQuiet(test);

    expect(await judgeJoiner(test, id)).toMatchObject(licensedOnce);
    expect(await test.stores.control.pauses()).toEqual([]);
    const health = await fetch(`${String(origin)}/api/health`);
    expect({ status: health.status, body: await health.json() }).toMatchObject({
      status: 200,
      body: { ok: true },
    });
  });
});
