import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { GraphDirectoryOptions } from '../../../shared/graph/graph-directory';
import { toServicePlanId, toSkuId, toUserId } from '../../../shared/kernel/ids';
import { graphErrorOf, makeScriptedDirectory, refusalAnswer } from '../../support/graph/scripted-directory';
import { startScriptedGraph } from '../../support/scripted-graph';
import type { Answer, ScriptedGraph } from '../../support/scripted-graph';

// EMS and its plan INTUNE_A, https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
const ems = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');
const intune = toServicePlanId('c1ec4a95-1f05-45b3-a911-aa3fa01094f5');
const id = toUserId('4a5b6c7d-0000-4000-8000-000000000001');
const groupId = '9a5b6c7d-0000-4000-8000-00000000000a';
const nested = '9a5b6c7d-0000-4000-8000-00000000000b';

let graph: ScriptedGraph;
beforeAll(async () => {
  graph = await startScriptedGraph();
});
beforeEach(() => {
  graph.seen.length = 0;
});
afterAll(() => graph.close());

const directory = (changes: Partial<GraphDirectoryOptions> = {}) => makeScriptedDirectory(graph, changes);

describe('delta', () => {
  const deltaLink = 'https://graph.microsoft.com/v1.0/users/delta?$deltatoken=tok%2Ben';

  it('starts from now on with the properties selected, and keeps the link whole', async () => {
    graph.script = () => ({ status: 200, body: { value: [], '@odata.deltaLink': deltaLink } });

    const link = await directory().deltaFromNow(new Set(['department', 'id']));

    expect(link).toBe(deltaLink);
    const url = new URL(graph.seen[0]!.url, graph.origin);
    expect(url.pathname).toBe('/v1.0/users/delta');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      $select: 'id,department',
      $deltatoken: 'latest',
    });
  });

  it('reads changes and removals, and an empty page that goes on', async () => {
    const nextLink = 'https://graph.microsoft.com/v1.0/users/delta?$skiptoken=next';
    graph.script = (request) =>
      request.url.includes('skiptoken')
        ? {
            status: 200,
            body: {
              value: [
                { id, department: 'Sales' },
                { id: groupId, '@removed': { reason: 'changed' } },
                { id: nested, '@removed': { reason: 'deleted' } },
              ],
              '@odata.deltaLink': deltaLink,
            },
          }
        : { status: 200, body: { value: [], '@odata.nextLink': nextLink } };
    const shared = directory();

    const first = await shared.deltaPage(shared.deltaFromStart(new Set(['department'])));
    const second = await shared.deltaPage(first.nextLink ?? '');

    expect(first).toEqual({ changes: [], nextLink });
    expect(second).toEqual({
      changes: [
        { kind: 'changed', id },
        { kind: 'removed', id: groupId, reason: 'changed' },
        { kind: 'removed', id: nested, reason: 'deleted' },
      ],
      deltaLink,
    });
    expect(graph.seen[1]?.headers.authorization).toBe('Bearer token-of-the-test');
  });

  it.each<[string, Answer]>([
    ['410', { status: 410, headers: { location: 'https://graph.microsoft.com/v1.0/users/delta' } }],
    ['syncStateNotFound', refusalAnswer(400, 'SyncStateNotFound', 'The sync state generation is not found')],
    ['resyncRequired', refusalAnswer(400, 'resyncRequired', 'Resync required')],
  ])('tells from %s that the token is lost', async (_, answer) => {
    graph.script = () => answer;

    const error = await graphErrorOf(directory().deltaPage(deltaLink));

    expect(error.class).toBe('syncStateLost');
  });

  it('of groups reads users and groups that came and went, whatever else is a member, and groups that are gone', async () => {
    graph.script = () => ({
      status: 200,
      body: {
        value: [
          {
            id: groupId.toUpperCase(),
            '@removed': null,
            'members@delta': [
              { '@odata.type': '#microsoft.graph.user', id: id.toUpperCase() },
              { '@odata.type': '#microsoft.graph.group', id: nested, '@removed': { reason: 'deleted' } },
              { '@odata.type': '#microsoft.graph.device', id: ems },
              { '@odata.type': '#microsoft.graph.servicePrincipal', id: ems },
              { id: intune, '@removed': null },
            ],
          },
          { id: nested, '@removed': { reason: 'changed' } },
          { id: ems, 'members@delta': null },
        ],
        '@odata.deltaLink': deltaLink,
      },
    });

    const page = await directory().groupDeltaPage(deltaLink);

    expect(page).toEqual({
      changes: [
        {
          id: groupId,
          isDeleted: false,
          members: [
            { kind: 'user', id, isRemoved: false },
            { kind: 'group', id: nested, isRemoved: true },
            { kind: 'user', id: intune, isRemoved: false },
          ],
        },
        { id: nested, isDeleted: true, members: [] },
        { id: ems, isDeleted: false, members: [] },
      ],
      deltaLink,
    });
  });

  it('of groups starts from now on with members selected', async () => {
    graph.script = () => ({ status: 200, body: { value: [], '@odata.deltaLink': deltaLink } });

    expect(await directory().groupDeltaFromNow()).toBe(deltaLink);

    const url = new URL(graph.seen[0]!.url, graph.origin);
    expect(url.pathname).toBe('/v1.0/groups/delta');
    expect(Object.fromEntries(url.searchParams)).toEqual({ $select: 'id,members', $deltatoken: 'latest' });
  });

  it('refuses a page without any link', async () => {
    graph.script = () => ({ status: 200, body: { value: [] } });

    expect((await graphErrorOf(directory().deltaPage(deltaLink))).class).toBe('unavailable');
  });
});

describe('groups, SKUs and subscriptions', () => {
  it('reads SKUs, with seats, and treats what is no user choice as such', async () => {
    const plan = (name: string, appliesTo?: string) => ({
      servicePlanId: intune,
      servicePlanName: name,
      appliesTo,
      provisioningStatus: 'Success',
    });
    graph.script = () => ({
      status: 200,
      body: {
        value: [
          {
            skuId: ems,
            skuPartNumber: 'EMS',
            appliesTo: 'User',
            capabilityStatus: 'Enabled',
            consumedUnits: 3,
            prepaidUnits: { enabled: 10, suspended: 0, warning: 0, lockedOut: 0 },
            servicePlans: [plan('INTUNE_A', 'User'), plan('EXCHANGE_S_FOUNDATION', 'Company'), plan('X')],
          },
        ],
      },
    });

    const [sku] = await directory().listSkus();

    expect(sku).toMatchObject({ skuId: ems, enabledUnits: 10, consumedUnits: 3, appliesTo: 'User' });
    expect(sku?.servicePlans.map(({ appliesTo }) => appliesTo)).toEqual(['User', 'Company', 'Company']);
  });

  it('finds a group by its name and walks its members page by page', async () => {
    const nextLink = `https://graph.microsoft.com/v1.0/groups/${groupId}/transitiveMembers?$skiptoken=2`;
    graph.script = (request) => {
      if (request.url.startsWith('/v1.0/groups?')) {
        return { status: 200, body: { value: [{ id: groupId, displayName: "O'Neil & co" }] } };
      }
      return request.url.includes('skiptoken')
        ? { status: 200, body: { value: [{ id: nested }] } }
        : { status: 200, body: { value: [{ id }], '@odata.nextLink': nextLink } };
    };

    const pages: string[][] = [];
    for await (const page of directory().groupMembers("O'Neil & co")) pages.push([...page]);

    expect(pages).toEqual([[id], [nested]]);
    const filter = new URL(graph.seen[0]!.url, graph.origin).searchParams.get('$filter');
    expect(filter).toBe("displayName eq 'O''Neil & co'");
    expect(graph.seen[1]?.headers).toMatchObject({ consistencylevel: 'eventual' });
  });

  it.each([
    ['unknown', [], 'graph/unknown-group'],
    ['ambiguous', [groupId, nested], 'graph/ambiguous-group'],
  ])('refuses a name that is %s', async (_, found, code) => {
    graph.script = () => ({
      status: 200,
      body: { value: found.map((each) => ({ id: each, displayName: 'G' })) },
    });

    const members = directory().groupMembers('G')[Symbol.asyncIterator]();

    await expect(members.next()).rejects.toMatchObject({ code });
  });

  it('creates, lists and renews subscriptions', async () => {
    const subscription = {
      id: 'sub-1',
      resource: 'users',
      notificationUrl: 'https://app.example/api/notify',
      expirationDateTime: '2026-01-08T00:00:00.000Z',
    };
    graph.script = (request) => ({
      status: request.method === 'POST' ? 201 : 200,
      body: request.method === 'GET' ? { value: [subscription] } : subscription,
    });
    const expiresAt = Date.parse('2026-01-08T00:00:00Z');
    const shared = directory();

    const created = await shared.createSubscription({
      resource: 'users',
      notificationUrl: subscription.notificationUrl,
      clientState: 'secret',
      expiresAt,
    });
    await shared.renewSubscription(created.id, expiresAt);

    expect(created).toEqual(subscription);
    expect(await shared.listSubscriptions()).toEqual([subscription]);
    expect(graph.seen[0]?.body).toEqual({
      changeType: 'updated,deleted',
      resource: 'users',
      notificationUrl: subscription.notificationUrl,
      lifecycleNotificationUrl: subscription.notificationUrl,
      clientState: 'secret',
      expirationDateTime: '2026-01-08T00:00:00.000Z',
    });
    expect(graph.seen[1]).toMatchObject({ method: 'PATCH', url: '/v1.0/subscriptions/sub-1' });
  });
});
