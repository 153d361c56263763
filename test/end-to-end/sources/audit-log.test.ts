import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventHubProducerClient } from '@azure/event-hubs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';
import { writePrivateJson } from '../../../local/cloud-file';
import { toFuncSettings } from '../../../local/func-settings';
import type { ManagedProcess } from '../../../packages/emulator-kit/src/managed-process';
import { toUserId } from '../../../shared/kernel/ids';
import { auditRecord, userTarget } from '../../support/graph/audit-records';
import { anotherHost } from '../../support/clouds/another-host';
import { leaseTestCloud } from '../../support/clouds/lease-cloud';
import {
  joiner,
  judgeJoiner,
  licensedOnce,
  setFaults,
  waitUntilLicensed,
  waitUntilQuiet,
} from '../../support/judge-joiner';
import { projectRoot } from '../../support/local-cloud';
import type { TestCloud } from '../../support/local-cloud';

const hub = 'entra-audit-log';

/** Entra's audit log alone: delta never runs in this cloud, and no subscription is there. */
describe('a joiner of whom the audit log alone tells', () => {
  let test: TestCloud;
  let host: ManagedProcess;
  const folder = mkdtempSync(join(tmpdir(), 'audit-log-'));

  const control = async (method: string, body?: unknown) => {
    const { status } = await fetch(`${test.cloud.file.graph.origin}/_local/audit-log`, {
      method,
      headers: controlHeaders(test.cloud.file.graph),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return status;
  };
  const sourcesOf = async (id: string) =>
    (await test.stores.users.timeline(toUserId(id))).flatMap(({ facts }) => facts?.['source'] ?? []);

  beforeAll(async () => {
    test = await leaseTestCloud('hints');
    // What the first round of the deltas has asked for may still make a subscription.
    await waitUntilQuiet(test);
    const { body } = await test.graph('GET', '/subscriptions');
    for (const { id } of body['value'] as { id: string }[])
      await test.graph('DELETE', `/subscriptions/${id}`);
    const settings = join(folder, 'local.settings.json');
    const { Values, ...rest } = toFuncSettings(test.cloud.file, projectRoot);
    writePrivateJson(settings, { ...rest, Values: { ...Values, LICENSER_AUDIT_HUB: hub } });
    host = anotherHost(settings);
    await host.start();
    await setFaults(test, { auditLogLatencyMs: { min: 0, max: 0 } });
  });
  afterAll(async () => {
    await host?.stop();
    if (test !== undefined) {
      await control('DELETE');
      await test.stop();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it('is licensed, once', async () => {
    const { connectionString } = test.cloud.file.serviceBus;
    expect(await control('POST', { connectionString, eventHub: hub })).toBe(201);
    const [user] = await test.bring([joiner(`audrey.${crypto.randomUUID()}`)]);
    const id = user?.id ?? '';
    await waitUntilLicensed(test, id);
    await waitUntilQuiet(test);

    expect(await judgeJoiner(test, id)).toMatchObject(licensedOnce);
    expect((await sourcesOf(id))[0]).toBe('auditLog');
    expect(await sourcesOf(id)).not.toContain('notification');
  });

  it('is not looked at for what is malformed, failed or of another tenant, and the batch goes on', async () => {
    await control('DELETE');
    const [mallory, marker] = await test.bring([
      joiner(`mallory.${crypto.randomUUID()}`),
      joiner(`marker.${crypto.randomUUID()}`),
    ]);
    const [target, last] = [mallory?.id ?? '', marker?.id ?? ''];
    const { tenantId } = test.cloud.file.graph;
    const producer = new EventHubProducerClient(test.cloud.file.serviceBus.connectionString, hub);
    const forged = [
      '{"records": [',
      JSON.stringify({
        records: [
          7,
          { operationName: 'Add user' },
          auditRecord('Add user', crypto.randomUUID(), [userTarget(target)]),
          auditRecord('Add user', tenantId, [userTarget(target)], { properties: { result: 1 } }),
          auditRecord('Reset user password', tenantId, [userTarget(target)]),
        ],
      }),
      // One partition keeps their order: when this one is through, the others are.
      JSON.stringify({ records: [auditRecord('Add user', tenantId, [userTarget(last)])] }),
    ];
    await producer.sendBatch(
      forged.map((text) => ({ body: Buffer.from(text) })),
      { partitionId: '0' },
    );
    await producer.close();
    await waitUntilLicensed(test, last);
    await waitUntilQuiet(test);

    expect((await test.stores.users.read(toUserId(target))).state).toBeNull();
    expect((await judgeJoiner(test, target)).effective).toEqual([]);
  });
});
