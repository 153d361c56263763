import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Directory } from '../../../shared/graph/directory';
import { makeGraphDirectory } from '../../../shared/graph/graph-directory';
import type { GraphDirectoryOptions } from '../../../shared/graph/graph-directory';
import { GraphError } from '../../../shared/graph/refusals/graph-error';
import { systemClock } from '../../../shared/kernel/clock';
import { toServicePlanId, toSkuId, toUserId } from '../../../shared/kernel/ids';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import { answerBatch, startScriptedGraph } from '../../support/scripted-graph';
import type { Answer, ScriptedGraph } from '../../support/scripted-graph';

// EMS and its plan INTUNE_A, https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
const ems = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');
const intune = toServicePlanId('c1ec4a95-1f05-45b3-a911-aa3fa01094f5');
const id = toUserId('4a5b6c7d-0000-4000-8000-000000000001');
const groupId = '9a5b6c7d-0000-4000-8000-00000000000a';
const nested = '9a5b6c7d-0000-4000-8000-00000000000b';
const everything = {
  properties: new Set(['department', 'userType', 'manager/id']),
  directGroups: true,
  transitiveGroups: true,
};
const little = {
  properties: new Set<string>(),
  directGroups: false,
  transitiveGroups: false,
};

let graph: ScriptedGraph;
beforeAll(async () => {
  graph = await startScriptedGraph();
});
beforeEach(() => {
  graph.seen.length = 0;
});
afterAll(() => graph.close());

function directory(changes: Partial<GraphDirectoryOptions> = {}): Directory {
  return makeGraphDirectory({
    credential: { getToken: async () => ({ token: 'token-of-the-test', expiresOnTimestamp: 0 }) },
    graphOrigin: graph.origin,
    clock: systemClock,
    random: seededRandom(7),
    logger: silentLogger,
    ...changes,
  });
}

const refusal = (status: number, code: string, message: string, headers = {}): Answer => ({
  status,
  headers,
  body: { error: { code, message, innerError: { 'request-id': 'r-1', date: '2026-01-01T00:00:00' } } },
});
const throttled = (seconds: string): Answer =>
  refusal(429, 'TooManyRequests', 'Too many requests.', { 'retry-after': seconds });
const userAnswer = (more: object = {}): Answer => ({ status: 200, body: { id, ...more } });
async function failureOf(work: Promise<unknown>): Promise<GraphError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(GraphError);
  return error as GraphError;
}

describe('reading a user', () => {
  it('asks for everything in one batch, with the token, and turns absence into null', async () => {
    graph.script = (request) =>
      answerBatch(request, (url) => {
        if (url.includes('/transitiveMemberOf')) {
          return {
            status: 200,
            body: {
              value: [
                { id: groupId, displayName: 'SG-Staff' },
                { id: nested, displayName: '' },
              ],
            },
          };
        }
        if (url.includes('/memberOf')) {
          return {
            status: 200,
            body: {
              value: [
                {
                  '@odata.type': '#microsoft.graph.group',
                  id: groupId.toUpperCase(),
                  displayName: 'SG-Staff',
                },
                { '@odata.type': '#microsoft.graph.directoryRole', id: nested, displayName: 'Reader' },
              ],
            },
          };
        }
        return userAnswer({
          department: 'Sales',
          usageLocation: 'NL',
          manager: { id: 'boss' },
          licenseAssignmentStates: [
            {
              skuId: ems.toUpperCase(),
              assignedByGroup: null,
              disabledPlans: [intune],
              state: 'Active',
              error: 'None',
            },
            {
              skuId: ems,
              assignedByGroup: groupId,
              disabledPlans: [],
              state: 'Error',
              error: 'CountViolation',
            },
          ],
        });
      });

    const snapshot = await directory({ throttlePriority: 'Low' }).readUser(id, everything);

    expect(snapshot).toEqual({
      user: {
        id,
        usageLocation: 'NL',
        properties: {
          id,
          usageLocation: 'NL',
          department: 'Sales',
          userType: null,
          manager: { id: 'boss' },
          memberOf: [{ id: groupId, displayName: 'SG-Staff' }],
        },
        assignments: [
          { skuId: ems, assignedByGroup: null, disabledPlans: [intune], state: 'Active', error: null },
          {
            skuId: ems,
            assignedByGroup: groupId,
            disabledPlans: [],
            state: 'Error',
            error: 'CountViolation',
          },
        ],
      },
      transitiveGroups: [
        { id: groupId, displayName: 'SG-Staff' },
        { id: nested, displayName: '' },
      ],
    });
    expect(graph.seen).toHaveLength(1);
    expect(graph.seen[0]).toMatchObject({ method: 'POST', url: '/v1.0/$batch' });
    expect(graph.seen[0]?.headers).toMatchObject({
      authorization: 'Bearer token-of-the-test',
      'x-ms-throttle-priority': 'Low',
    });
    expect((graph.seen[0]?.body as { requests: object[] }).requests).toEqual([
      {
        id: '0',
        method: 'GET',
        url: `/users/${id}?$select=id,usageLocation,licenseAssignmentStates,assignedLicenses,department,userType&$expand=manager($select=id)`,
      },
      { id: '1', method: 'GET', url: `/users/${id}/memberOf?$select=id,displayName&$top=999` },
      {
        id: '2',
        method: 'GET',
        url: `/users/${id}/transitiveMemberOf?$select=id,displayName&$top=999`,
      },
    ]);
  });

  it('asks for no memberships that no rule needs, and leaves them out', async () => {
    graph.script = (request) => answerBatch(request, () => userAnswer());

    const snapshot = await directory().readUser(id, little);

    expect(snapshot?.transitiveGroups).toBeUndefined();
    expect(snapshot?.user.properties).toEqual({ id, usageLocation: null });
    expect((graph.seen[0]?.body as { requests: object[] }).requests).toHaveLength(1);
  });

  it('answers undefined when Graph does not know the user', async () => {
    graph.script = (request) =>
      answerBatch(request, () => refusal(404, 'Request_ResourceNotFound', `Resource '${id}' does not exist`));

    expect(await directory().readUser(id, everything)).toBeUndefined();
  });

  it('escapes a principal name', async () => {
    graph.script = (request) => answerBatch(request, () => userAnswer());

    await directory().findUser("o'neil#x@contoso.com", little);

    expect(JSON.stringify(graph.seen[0]?.body)).toContain("/users/o'neil%23x%40contoso.com?");
  });

  it('follows the pages of memberships by their links, on the same origin', async () => {
    const link = 'https://graph.microsoft.com/v1.0/users/x/transitiveMemberOf?$select=id&$skiptoken=a%2Bb=c';
    graph.script = (request) =>
      request.method === 'GET'
        ? { status: 200, body: { value: [{ id: nested, displayName: 'two' }] } }
        : answerBatch(request, (url) =>
            url.includes('transitive')
              ? {
                  status: 200,
                  body: { value: [{ id: groupId, displayName: 'one' }], '@odata.nextLink': link },
                }
              : userAnswer(),
          );

    const snapshot = await directory().readUser(id, { ...little, transitiveGroups: true });

    expect(snapshot?.transitiveGroups?.map(({ displayName }) => displayName)).toEqual(['one', 'two']);
    expect(graph.seen[1]?.url).toBe('/v1.0/users/x/transitiveMemberOf?$select=id&$skiptoken=a%2Bb=c');
    expect(graph.seen[1]?.headers).toMatchObject({ authorization: 'Bearer token-of-the-test' });
  });

  it('asks again only for the parts that were throttled, after their time', async () => {
    let tries = 0;
    const askedAt: number[] = [];
    graph.script = (request) => {
      askedAt.push(systemClock.now());
      return answerBatch(request, (url) => {
        if (!url.includes('transitive')) return userAnswer();
        return ++tries === 1 ? throttled('0.9') : { status: 200, body: { value: [] } };
      });
    };

    const snapshot = await directory().readUser(id, { ...little, transitiveGroups: true });

    const parts = graph.seen.map((seen) =>
      (seen.body as { requests: { id: string }[] }).requests.map((r) => r.id),
    );
    expect(parts).toEqual([['0', '1'], ['1']]);
    expect(askedAt[1]! - askedAt[0]!).toBeGreaterThanOrEqual(900);
    expect(snapshot?.transitiveGroups).toEqual([]);
  });

  it('throws what a part was refused with for good', async () => {
    graph.script = (request) =>
      answerBatch(request, (url) =>
        url.includes('transitive')
          ? refusal(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')
          : userAnswer(),
      );

    const error = await failureOf(directory().readUser(id, everything));

    expect(error).toMatchObject({ class: 'permission', status: 403, requestId: 'r-1' });
  });

  it('says which answer was not what it should be', async () => {
    graph.script = (request) => answerBatch(request, () => ({ status: 200, body: { id: 'no-guid' } }));

    const error = await failureOf(directory().readUser(id, little));

    expect(error.class).toBe('unavailable');
    expect(error.message).toContain(`GET /users/${id}`);
  });
});

describe('trying reads again', () => {
  it.each<[string, Answer | 'reset']>([
    ['503', { status: 503, headers: { 'retry-after': '0' } }],
    ['500 with a page of html', { status: 500, headers: { 'content-type': 'text/html' } }],
    ['502', { status: 502 }],
    ['504', { status: 504 }],
    ['429', throttled('0.1')],
    [
      'a concurrency refusal',
      refusal(409, 'Directory_ConcurrencyViolation', 'Please wait briefly and retry.'),
    ],
    ['a lost connection', 'reset'],
  ])('reads again after %s', async (_, first) => {
    let tries = 0;
    graph.script = () => (++tries === 1 ? first : { status: 200, body: { value: [] } });

    const skus = await directory().listSkus();

    expect(skus).toEqual([]);
    expect(tries).toBe(2);
  });

  it('makes every read of the process wait for a Retry-After that one of them was given', async () => {
    const shared = directory();
    let tries = 0;
    const arrivals: number[] = [];
    graph.script = (request) => {
      arrivals.push(systemClock.now());
      if (request.url.includes('subscribedSkus') && ++tries === 1) return throttled('0.8');
      return { status: 200, body: { value: [] } };
    };
    const first = shared.listSkus();
    while (arrivals.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));

    await Promise.all([first, shared.listSubscriptions()]);

    expect(arrivals).toHaveLength(3);
    expect(Math.min(...arrivals.slice(1)) - arrivals[0]!).toBeGreaterThanOrEqual(800);
  });

  it('does not wait longer than its budget, and says what Graph asked for', async () => {
    graph.script = () => throttled('300');
    const shared = directory({ budgetMs: 2_000 });

    const first = await failureOf(shared.listSkus());
    const second = await failureOf(shared.listSkus());

    expect(first).toMatchObject({ class: 'throttled', retryAfterMs: 300_000, graphCode: 'TooManyRequests' });
    expect(second.class).toBe('throttled');
    expect(second.retryAfterMs).toBeGreaterThan(290_000);
    expect(graph.seen).toHaveLength(1);
  });

  it('gives up a read that gets no answer in time', async () => {
    graph.script = () => 'hang';

    const error = await failureOf(directory({ timeoutMs: 100, budgetMs: 300 }).listSkus());

    expect(error).toMatchObject({ class: 'unavailable', status: 0 });
  });

  it("ends with the caller's reason when the caller gives up", async () => {
    graph.script = () => 'hang';
    const caller = new AbortController();

    const read = directory().listSkus(caller.signal);
    while (graph.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    caller.abort(new Error('shutting down'));

    await expect(read).rejects.toThrow('shutting down');
  });

  it('calls a missing token a matter of permission, and does not try again', async () => {
    const credential = {
      getToken: async () => {
        throw new Error('AADSTS7000215: Invalid client secret');
      },
    };

    const error = await failureOf(directory({ credential }).listSkus());

    expect(error).toMatchObject({ class: 'permission', status: 0 });
    expect(error.message).toContain('AADSTS7000215');
    expect(graph.seen).toHaveLength(0);
  });
});

describe('writing', () => {
  const write = { add: [{ skuId: ems, disabledPlans: [intune] }], remove: [] };

  it('posts both arrays and answers the user when Graph sends the holdings', async () => {
    graph.script = () =>
      userAnswer({ usageLocation: 'NL', licenseAssignmentStates: [{ skuId: ems, disabledPlans: [intune] }] });

    const user = await directory().assignLicense(id, write);

    expect(graph.seen[0]).toMatchObject({
      method: 'POST',
      url: `/v1.0/users/${id}/assignLicense`,
      body: { addLicenses: [{ skuId: ems, disabledPlans: [intune] }], removeLicenses: [] },
    });
    expect(user?.assignments).toHaveLength(1);
  });

  it.each<[string, Answer]>([
    ['no holdings', userAnswer({ assignedLicenses: [] })],
    ['nothing', { status: 202 }],
  ])('takes an answer with %s for a success', async (_, answer) => {
    graph.script = () => answer;

    expect(await directory().assignLicense(id, write)).toBeUndefined();
  });

  it.each<[string, Answer | 'reset' | 'hang', string]>([
    ['429', throttled('7'), 'throttled'],
    ['503', { status: 503 }, 'unavailable'],
    ['504, behind which it may have succeeded', { status: 504 }, 'ambiguous'],
    ['a lost connection', 'reset', 'ambiguous'],
    ['no answer in time', 'hang', 'ambiguous'],
    ['a concurrency refusal', refusal(409, 'Directory_ConcurrencyViolation', 'wait'), 'concurrency'],
    ['404', refusal(404, 'Request_ResourceNotFound', 'gone'), 'gone'],
    [
      '400',
      refusal(
        400,
        'Request_BadRequest',
        `Subscription with SKU ${ems} does not have any available licenses.`,
      ),
      'seats',
    ],
  ])('sends once and tells what %s means', async (_, answer, errorClass) => {
    graph.script = () => answer;

    const error = await failureOf(directory({ timeoutMs: 300 }).assignLicense(id, write));

    expect(error.class).toBe(errorClass);
    expect(graph.seen).toHaveLength(1);
  });

  it('keeps what Graph said: code, text, ids, request id, Retry-After', async () => {
    const text = `Subscription with SKU ${ems.toUpperCase()} does not have any available licenses.`;
    graph.script = () => refusal(400, 'Request_BadRequest', text, { 'retry-after': '2.128' });

    const error = await failureOf(directory().assignLicense(id, write));

    expect(error).toMatchObject({
      message: text,
      status: 400,
      graphCode: 'Request_BadRequest',
      ids: [ems],
      requestId: 'r-1',
      retryAfterMs: 2_128,
    });
  });

  it('knows that a refused connection changed nothing', async () => {
    const vacant = createServer();
    await new Promise<void>((resolve) => vacant.listen(0, '127.0.0.1', resolve));
    const graphOrigin = `http://127.0.0.1:${(vacant.address() as AddressInfo).port}`;
    await new Promise((resolve) => vacant.close(resolve));

    const error = await failureOf(directory({ graphOrigin }).setUsageLocation(id, 'NL'));

    expect(error).toMatchObject({ class: 'unavailable', status: 0 });
  });

  it('refuses a write of nothing before it is sent', async () => {
    const error = await failureOf(directory().assignLicense(id, { add: [], remove: [] }));

    expect(error.class).toBe('badRequest');
    expect(graph.seen).toHaveLength(0);
  });

  it('patches the usage location', async () => {
    graph.script = () => ({ status: 204 });

    await directory().setUsageLocation(id, 'NL');

    expect(graph.seen[0]).toMatchObject({
      method: 'PATCH',
      url: `/v1.0/users/${id}`,
      body: { usageLocation: 'NL' },
    });
  });
});

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
    ['syncStateNotFound', refusal(400, 'SyncStateNotFound', 'The sync state generation is not found')],
    ['resyncRequired', refusal(400, 'resyncRequired', 'Resync required')],
  ])('tells from %s that the token is lost', async (_, answer) => {
    graph.script = () => answer;

    const error = await failureOf(directory().deltaPage(deltaLink));

    expect(error.class).toBe('syncStateLost');
  });

  it('refuses a page without any link', async () => {
    graph.script = () => ({ status: 200, body: { value: [] } });

    expect((await failureOf(directory().deltaPage(deltaLink))).class).toBe('unavailable');
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
