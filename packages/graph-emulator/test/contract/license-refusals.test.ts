/* eslint-disable @typescript-eslint/no-unsafe-return --
   bodies of answers are what the tests expect them to be */
// https://learn.microsoft.com/graph/api/user-assignlicense
// https://learn.microsoft.com/entra/fundamentals/licensing-groups-resolve-problems
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { add, plan, remove, sku, startEmbeddedGraph } from '../support/embedded-graph';
import type { EmbeddedGraph, Json } from '../support/embedded-graph';

let graph: EmbeddedGraph;
beforeAll(async () => {
  graph = await startEmbeddedGraph();
});
afterAll(() => graph.stop());
beforeEach(() => graph.local('DELETE', '/faults'));

const assign = (id: string, body: unknown) => graph.call('POST', `/users/${id}/assignLicense`, body);
const held = async (id: string): Promise<Json[]> =>
  (await graph.call('GET', `/users/${id}?$select=assignedLicenses`)).body.assignedLicenses;
const setSeats = (partNumber: string, enabled: number) =>
  graph.local('PATCH', `/skus/${sku(partNumber)}`, { enabled });

describe('assignLicense refuses', () => {
  type Refusal = {
    name: string;
    text: string | RegExp;
    user?: Record<string, unknown>;
    first?: unknown;
    body: unknown;
    seats?: [string, number];
  };
  const refusals: Refusal[] = [
    {
      name: 'when no seat is left',
      seats: ['FLOW_FREE', 0],
      body: add('FLOW_FREE'),
      text: /does not have any available licenses/,
    },
    {
      name: 'plans that Microsoft says exclude each other',
      first: add('EMS'),
      body: add('INTUNE_A_VL'),
      text: /License assignment failed because service plans .* are mutually exclusive/,
    },
    {
      name: 'a plan without its prerequisite',
      body: add('MCOEV'),
      text: new RegExp(
        `License assignment failed because service plan ${plan('MCOEV', 'MCOEV')} depends on the service plan\\(s\\) ${plan('SPE_E3', 'TEAMS1')}, ${plan('SPE_E3', 'MCOSTANDARD')}`,
      ),
    },
    {
      name: 'switching off a prerequisite of a plan that stays on',
      first: { addLicenses: [...add('SPE_E3').addLicenses, ...add('MCOEV').addLicenses], removeLicenses: [] },
      body: add('SPE_E3', plan('SPE_E3', 'TEAMS1'), plan('SPE_E3', 'MCOSTANDARD')),
      text: /depends on the service plan/,
    },
    {
      name: 'a user without a usage location',
      user: { usageLocation: null },
      body: add('EMS'),
      text: 'License assignment cannot be done for user with invalid usage location.',
    },
    {
      name: 'a usage location that is no country',
      user: { usageLocation: 'XQ' },
      body: add('EMS'),
      text: 'License assignment cannot be done for user with invalid usage location.',
    },
    {
      name: 'a country where the service is barred',
      user: { usageLocation: 'KP' },
      body: add('EMS'),
      text: /prohibited in usage location KP/,
    },
    {
      name: 'the removal of what is not held',
      body: remove('VISIOCLIENT'),
      text: 'User does not have a corresponding license.',
    },
    {
      name: 'a SKU that the tenant does not own',
      body: {
        addLicenses: [{ skuId: '00000000-0000-0000-0000-000000000001', disabledPlans: [] }],
        removeLicenses: [],
      },
      text: 'License 00000000-0000-0000-0000-000000000001 does not correspond to a valid company License.',
    },
    {
      name: 'a departmental SKU',
      body: add('VISIO_PLAN1_DEPT'),
      text: /^License .* cannot be assigned to a user\.$/,
    },
    {
      name: 'a plan outside its SKU',
      body: add('EMS', plan('SPE_E3', 'YAMMER_ENTERPRISE')),
      text: /are not part of license/,
    },
    {
      name: 'a malformed GUID',
      body: { addLicenses: [{ skuId: 'EMS', disabledPlans: [] }], removeLicenses: [] },
      text: "Cannot convert the literal 'EMS' to the expected type 'Edm.Guid'.",
    },
    {
      name: 'a missing array',
      body: { addLicenses: [] },
      text: /missing from the request payload. The missing parameters are: removeLicenses/,
    },
    {
      name: 'a SKU in both lists',
      first: add('EMS'),
      body: { ...add('EMS'), removeLicenses: [sku('EMS')] },
      text: /named more than once/,
    },
    {
      name: 'two empty arrays',
      body: { addLicenses: [], removeLicenses: [] },
      text: 'No license changes provided.',
    },
  ];

  it.each(refusals)('$name', async ({ user, first, body, text, seats }) => {
    const id = graph.newUser(user);
    if (first) expect((await assign(id, first)).status).toBe(200);
    const before = await held(id);
    if (seats) await setSeats(...seats);

    const reply = await assign(id, body);

    expect(reply.status).toBe(400);
    expect(reply.body.error.code).toBe('Request_BadRequest');
    if (typeof text === 'string') expect(reply.body.error.message).toBe(text);
    else expect(reply.body.error.message).toMatch(text);
    expect(reply.body.error.innerError['request-id']).toBe(reply.headers.get('request-id'));
    expect(await held(id)).toEqual(before);
  });

  it('the removal of an inherited license', async () => {
    const group = graph.engine.tenant.groupOrder.find(
      ({ properties }) => properties.displayName === 'LIC-Power-BI',
    );
    const id = graph.newUser({}, { memberOf: [group?.id ?? ''] });
    graph.engine.clock.advance(5_000);

    const reply = await assign(id, remove('POWER_BI_PRO'));

    expect(reply.body.error.message).toBe(
      'User license is inherited from a group membership and it cannot be removed directly from the user.',
    );
  });

  it('a user that is not there', async () => {
    const reply = await assign('11111111-1111-1111-1111-111111111111', add('EMS'));

    expect([reply.status, reply.body.error.code]).toEqual([404, 'Request_ResourceNotFound']);
    expect(reply.body.error.message).toBe(
      "Resource '11111111-1111-1111-1111-111111111111' does not exist or one of its queried reference-property objects are not present.",
    );
  });

  it('parallel writes to one user with Directory_ConcurrencyViolation', async () => {
    await graph.local('POST', '/faults', { writeMs: 60_000 });
    const id = graph.newUser();

    const first = assign(id, add('EMS'));
    const second = await assign(id, add('EMS'));
    graph.engine.clock.advance(60_000);

    expect([second.status, second.body.error.code]).toEqual([409, 'Directory_ConcurrencyViolation']);
    expect((await first).status).toBe(200);
  });

  it('more parallel writes in the tenant than the threshold', async () => {
    await graph.local('POST', '/faults', {
      writeMs: 60_000,
      concurrencyThreshold: 2,
      concurrencyStatus: 400,
    });

    const pending = [graph.newUser(), graph.newUser()].map((id) => assign(id, add('EMS')));
    const third = await assign(graph.newUser(), add('EMS'));
    graph.engine.clock.advance(60_000);

    expect([third.status, third.body.error.code]).toEqual([400, 'Directory_ConcurrencyViolation']);
    expect((await Promise.all(pending)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it.each([
    [
      'conflictWording',
      'pairs',
      add('INTUNE_A_VL'),
      /conflicting service plan pairs are: \[.*\]\. Licenses being added/,
    ],
  ])('with the wording that %s %s asks for', async (name, value, body, text) => {
    await graph.local('POST', '/faults', { [name]: value });
    const id = graph.newUser();
    await assign(id, add('EMS'));

    expect((await assign(id, body)).body.error.message).toMatch(text);
  });
});
