import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { GraphDirectoryOptions } from '../../../shared/graph/graph-directory';
import { systemClock } from '../../../shared/kernel/clock';
import { toServicePlanId, toSkuId, toUserId } from '../../../shared/kernel/ids';
import { graphErrorOf, makeScriptedDirectory, refusalAnswer } from '../../support/graph/scripted-directory';
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

const directory = (changes: Partial<GraphDirectoryOptions> = {}) => makeScriptedDirectory(graph, changes);
const throttled = (seconds: string): Answer =>
  refusalAnswer(429, 'TooManyRequests', 'Too many requests.', { 'retry-after': seconds });
const userAnswer = (more: object = {}): Answer => ({ status: 200, body: { id, ...more } });

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
      answerBatch(request, () =>
        refusalAnswer(404, 'Request_ResourceNotFound', `Resource '${id}' does not exist`),
      );

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
          ? refusalAnswer(
              403,
              'Authorization_RequestDenied',
              'Insufficient privileges to complete the operation.',
            )
          : userAnswer(),
      );

    const error = await graphErrorOf(directory().readUser(id, everything));

    expect(error).toMatchObject({ class: 'permission', status: 403, requestId: 'r-1' });
  });

  it('says which answer was not what it should be', async () => {
    graph.script = (request) => answerBatch(request, () => ({ status: 200, body: { id: 'no-guid' } }));

    const error = await graphErrorOf(directory().readUser(id, little));

    expect(error.class).toBe('unavailable');
    expect(error.message).toContain(`GET /users/${id}`);
  });
});
