/* eslint-disable @typescript-eslint/no-unsafe-return -- bodies of events are what the tests expect them to be */
// https://learn.microsoft.com/azure/event-grid/subscribe-to-graph-api-events
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../../../emulator-kit/test/support/until';
import { startEmbeddedGraph, testNow } from '../support/embedded-graph';
import type { EmbeddedGraph, Json } from '../support/embedded-graph';

const topic = 'licenser-topic';
const address = `EventGrid:?azuresubscriptionid=s&resourcegroup=g&partnertopic=${topic}&location=westeurope`;

type Got = { readonly headers: IncomingHttpHeaders; readonly body: Json };

describe('Event Grid', () => {
  const got: Got[] = [];
  let allowed: string | undefined;
  let statuses: number[] = [];
  let server: Server;
  let url: string;
  let graph: EmbeddedGraph;

  beforeAll(async () => {
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => (text += String(chunk)));
      request.on('end', () => {
        if (request.method === 'OPTIONS') {
          response.writeHead(200, allowed === undefined ? {} : { 'webhook-allowed-origin': allowed }).end();
          return;
        }
        got.push({ headers: request.headers, body: JSON.parse(text) });
        response.writeHead(statuses.shift() ?? 202).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events?code=key`;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  beforeEach(async () => {
    got.length = 0;
    allowed = '*';
    statuses = [];
    graph = await startEmbeddedGraph();
  });
  afterEach(() => graph.stop());

  const subscribe = (change: object = {}) =>
    graph.call('POST', '/subscriptions', {
      changeType: 'updated,deleted',
      resource: 'users',
      notificationUrl: address,
      lifecycleNotificationUrl: address,
      clientState: 'only-we-know',
      expirationDateTime: new Date(testNow + 86_400_000).toISOString(),
      ...change,
    });
  const deliver = (contentMode = 'structured') =>
    graph.local('POST', '/event-grid/topics', { topic, deliverTo: { url, contentMode } });
  const pass = (ms = 1_000) => graph.engine.clock.advance(ms);
  const arrived = (count: number) => until(() => got.length >= count);

  it('brings a change as a structured CloudEvent with the notification as its data', async () => {
    expect((await deliver()).status).toBe(201);
    expect((await subscribe()).status).toBe(201);
    const id = graph.newUser();
    pass();
    await arrived(1);

    const { tenantId } = graph.engine.tenant.facts;
    expect(got[0]?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(got[0]?.body).toMatchObject({
      specversion: '1.0',
      type: 'Microsoft.Graph.UserUpdated',
      source: `/tenants/${tenantId}/applications/${graph.clientId}`,
      subject: `Users/${id}`,
      data: { clientState: 'only-we-know', changeType: 'updated', tenantId, resourceData: { id } },
    });
    expect(got[0]?.body.id).toEqual(expect.any(String));
  });

  it('brings attributes in headers in binary mode, and many in a batch', async () => {
    await subscribe();
    await deliver('binary');
    const id = graph.newUser();
    pass();
    await arrived(1);
    await deliver('batch');
    graph.newUser();
    graph.newUser();
    pass();
    await arrived(2);

    expect(got[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-type': 'Microsoft.Graph.UserUpdated',
      'ce-subject': `Users/${id}`,
    });
    expect(got[0]?.body).toMatchObject({ clientState: 'only-we-know', resourceData: { id } });
    expect(got[1]?.headers['content-type']).toBe('application/cloudevents-batch+json; charset=utf-8');
    expect(got[1]?.body).toHaveLength(2);
  });

  it('tells of groups, of the permanent end, and that the authorization ends', async () => {
    await deliver();
    await subscribe();
    await subscribe({ resource: 'groups' });
    const group = graph.engine.tenant.groupOrder[0]?.id ?? '';
    const id = graph.newUser({}, { memberOf: [group] });
    await graph.call('DELETE', `/users/${id}`);
    await graph.call('DELETE', `/directory/deletedItems/${id}`);
    await graph.local('POST', '/subscriptions/reauthorization', { afterMs: 3_600_000 });
    pass();
    await until(() => new Set(got.map(({ body }) => body.type)).size === 4);

    expect(new Set(got.map(({ body }) => body.type))).toEqual(
      new Set([
        'Microsoft.Graph.UserUpdated',
        'Microsoft.Graph.UserDeleted',
        'Microsoft.Graph.GroupUpdated',
        'Microsoft.Graph.SubscriptionReauthorizationRequired',
      ]),
    );
  });

  it('brings the same event again after a failure, and gives it up when it is refused for good', async () => {
    statuses = [503, 202, 400];
    await deliver();
    await subscribe();
    graph.newUser();
    pass();
    await arrived(1);
    const { counters } = graph.subscriptions.notifier;
    await until(() => counters.retried === 1);
    pass(3_000);
    await arrived(2);
    graph.newUser();
    pass();
    await arrived(3);
    await until(() => counters.lost === 1);
    pass(600_000);

    expect(got[1]?.body.id).toBe(got[0]?.body.id);
    expect(counters).toMatchObject({ delivered: 1, retried: 1, lost: 1 });
  });

  it('asks for permission first, and sends nothing without it', async () => {
    allowed = 'other.example';
    expect(await deliver()).toMatchObject({ status: 400, body: { error: { code: 'EndpointValidation' } } });
    allowed = undefined;
    expect((await deliver()).status).toBe(400);
    allowed = 'eventgrid.azure.net';
    expect((await deliver()).status).toBe(201);
  });

  it('loses events of a topic that delivers nowhere', async () => {
    await subscribe();
    graph.newUser();
    pass();
    await until(() => graph.subscriptions.notifier.counters.lost === 1);
    await deliver();
    expect((await graph.local('GET', '/event-grid/topics')).body).toEqual({ topics: [{ topic, url }] });
    expect((await graph.local('DELETE', `/event-grid/topics/${topic}`)).status).toBe(200);
    expect((await graph.local('DELETE', `/event-grid/topics/${topic}`)).status).toBe(404);
  });

  it('asks the endpoint of a start option when its first event comes', async () => {
    await graph.stop();
    graph = await startEmbeddedGraph({ partnerTopics: { [topic]: url } });
    await subscribe();
    graph.newUser();
    pass();
    await arrived(1);

    expect(got).toHaveLength(1);
  });

  it.each([
    [
      'an address without its topic',
      () => subscribe({ notificationUrl: address.replace('partnertopic', 'x') }),
    ],
    [
      'an endpoint of another machine',
      () =>
        graph.local('POST', '/event-grid/topics', { topic, deliverTo: { url: 'https://elsewhere.example' } }),
    ],
    [
      'a queue of another machine',
      () =>
        graph.local('POST', '/event-grid/topics', {
          topic,
          deliverTo: {
            connectionString: 'Endpoint=sb://elsewhere.example;SharedAccessKeyName=a;SharedAccessKey=b',
            queue: 'q',
          },
        }),
    ],
  ])('refuses %s', async (_what, ask) => {
    expect((await ask()).status).toBe(400);
  });
});
