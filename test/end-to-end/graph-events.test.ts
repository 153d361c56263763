import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';
import { writePrivateJson } from '../../local/cloud-file';
import { toFuncSettings } from '../../local/func-settings';
import { toUserId } from '../../shared/kernel/ids';
import { eventQueue } from '../../shared/queue/event-queue';
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
import { waitUntil } from '../support/wait-until';
import { anotherHost } from '../support/clouds/another-host';

const topic = 'end-to-end';
const address = `EventGrid:?azuresubscriptionid=s&resourcegroup=g&partnertopic=${topic}&location=l`;

/** Graph's changes by Event Grid alone: delta never runs in this cloud, and Graph does not call the app. */
describe('a joiner who is found by a CloudEvent alone', () => {
  let test: TestCloud;
  beforeAll(async () => {
    test = await leaseTestCloud('hints');
    // Files before this one, and what the first round of the deltas has asked for, may have made subscriptions.
    await waitUntilQuiet(test);
    await deleteSubscriptions();
    const { status } = await test.graph('POST', '/subscriptions', {
      // What the app itself subscribes to is another combination, in whichever order files use this cloud.
      changeType: 'updated',
      resource: 'users',
      notificationUrl: address,
      clientState: test.cloud.file.functions.clientState,
      expirationDateTime: new Date(Date.now() + 86_400_000).toISOString(),
    });
    expect(status).toBe(201);
  });
  afterAll(async () => {
    if (test === undefined) return;
    await deleteSubscriptions();
    await control('DELETE', `/event-grid/topics/${topic}`);
    await test.stop();
  });

  const deleteSubscriptions = async () => {
    const { body } = await test.graph('GET', '/subscriptions');
    for (const { id } of body['value'] as { id: string }[])
      await test.graph('DELETE', `/subscriptions/${id}`);
  };
  const control = (method: string, path: string, body?: unknown) =>
    fetch(`${test.cloud.file.graph.origin}/_local${path}`, {
      method,
      headers: controlHeaders(test.cloud.file.graph),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const deliverTo = async (destination: object) => {
    const answer = await control('POST', '/event-grid/topics', { topic, deliverTo: destination });
    expect({ status: answer.status, body: await answer.text() }).toMatchObject({ status: 201 });
  };
  const route = () => {
    const { origin, functionKey } = test.cloud.file.functions;
    return `${origin}/api/graph-events?code=${encodeURIComponent(functionKey)}`;
  };
  const expectLicensedOnce = async (id: string) => {
    await waitUntilLicensed(test, id);
    await waitUntilQuiet(test);
    expect(await judgeJoiner(test, id)).toMatchObject(licensedOnce);
    const [seen] = await test.stores.users.timeline(toUserId(id));
    expect(seen?.facts).toMatchObject({ source: 'notification' });
  };

  it('is licensed, once, by the route of the app; a forged event reaches no queue', async () => {
    await deliverTo({ url: route() });
    const [user] = await test.bring([joiner(`eve.${crypto.randomUUID()}`)]);
    const id = user?.id ?? '';
    await expectLicensedOnce(id);

    // No event of Graph's is under way about this one: what the row says then comes of the forged event alone.
    await control('DELETE', `/event-grid/topics/${topic}`);
    const [other] = await test.bring([joiner(`mallory.${crypto.randomUUID()}`)]);
    const target = other?.id ?? '';
    const forged = {
      specversion: '1.0',
      id: crypto.randomUUID(),
      type: 'Microsoft.Graph.UserUpdated',
      source: `/tenants/${test.cloud.file.graph.tenantId}/applications/x`,
      subject: `Users/${target}`,
      data: { clientState: 'guessed', changeType: 'updated', resource: `Users/${target}` },
    };
    const post = (url: string, event: object) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/cloudevents+json' },
        body: JSON.stringify(event),
      });
    const refused = await waitUntil('the forged event is judged', async () => {
      const { status } = await post(route(), forged);
      // The app has read the client states less than a second ago.
      return status === 503 ? undefined : status;
    });
    expect(refused).toBe(400);
    // Without the function key it is not even read.
    expect((await post(route().replace(/code=.*/, 'code=wrong'), forged)).status).toBe(401);
    await waitUntilQuiet(test);
    expect((await test.stores.users.read(toUserId(target))).state).toBeNull();
    // The same event with the right client state does what the forged one did not.
    const { clientState } = test.cloud.file.functions;
    expect((await post(route(), { ...forged, data: { ...forged.data, clientState } })).status).toBe(202);
    await waitUntilLicensed(test, target);
  });

  it('is licensed, once, by the queue', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'graph-events-'));
    const settings = join(folder, 'local.settings.json');
    const { Values, ...rest } = toFuncSettings(test.cloud.file, projectRoot);
    writePrivateJson(settings, { ...rest, Values: { ...Values, LICENSER_GRAPH_EVENTS: 'queue' } });
    const host = anotherHost(settings);
    try {
      await host.start();
      const { connectionString } = test.cloud.file.serviceBus;
      await deliverTo({ connectionString, queue: eventQueue });
      const [user] = await test.bring([joiner(`quinn.${crypto.randomUUID()}`)]);
      await expectLicensedOnce(user?.id ?? '');

      const queue = await waitUntil('the queue is empty', async () => {
        const counters = (await test.control.queueCounters())[eventQueue];
        return counters !== undefined && counters.active + counters.locked === 0 && counters;
      });
      expect(queue.completed).toBeGreaterThan(0);
      expect(queue.deadLettered).toBe(0);
    } finally {
      await host.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
