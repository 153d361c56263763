/* eslint-disable @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return --
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
const consumed = (partNumber: string) => graph.engine.tenant.skus.get(sku(partNumber))?.consumedUnits;
const setSeats = (partNumber: string, enabled: number) =>
  graph.local('PATCH', `/skus/${sku(partNumber)}`, { enabled });

describe('assignLicense', () => {
  it('answers 200 and the user with the license', async () => {
    const id = graph.newUser();

    const user: Json = await graph.client
      .api(`/users/${id}/assignLicense`)
      .post(add('EMS', plan('EMS', 'INTUNE_A')));

    expect(user.id).toBe(id);
    expect(user.assignedLicenses).toEqual([{ skuId: sku('EMS'), disabledPlans: [plan('EMS', 'INTUNE_A')] }]);
  });

  it('takes a seat once, however often it is asked', async () => {
    const id = graph.newUser();
    const before = consumed('EMS') ?? 0;

    const first = await assign(id, add('EMS'));
    const second = await assign(id, add('EMS'));

    expect([first.status, second.status]).toEqual([200, 200]);
    expect(consumed('EMS')).toBe(before + 1);
  });

  it('replaces the disabled plans of a SKU that is held, and does not merge them', async () => {
    const id = graph.newUser();
    await assign(id, add('EMS', plan('EMS', 'INTUNE_A')));

    await assign(id, add('EMS', plan('EMS', 'ADALLOM_S_DISCOVERY')));

    expect(await held(id)).toEqual([
      { skuId: sku('EMS'), disabledPlans: [plan('EMS', 'ADALLOM_S_DISCOVERY')] },
    ]);
  });

  it('adds and removes in one call without minding conflicts between old and new', async () => {
    const id = graph.newUser();
    await assign(id, add('STANDARDPACK'));

    const reply = await assign(id, { ...add('SPE_E3'), removeLicenses: [sku('STANDARDPACK')] });

    expect(reply.status).toBe(200);
    expect((await held(id)).map(({ skuId }) => skuId)).toEqual([sku('SPE_E3')]);
  });

  it('does everything or nothing', async () => {
    const id = graph.newUser();
    const body = {
      addLicenses: [add('EMS').addLicenses[0], add('PROJECTPROFESSIONAL').addLicenses[0]],
      removeLicenses: [],
    };

    const reply = await assign(id, body);

    expect(reply.status).toBe(400);
    expect(await held(id)).toEqual([]);
  });

  it('lets prerequisites in one call hold each other up', async () => {
    await setSeats('MCOEV', 5);
    const id = graph.newUser();
    const both = {
      addLicenses: [add('MCOEV').addLicenses[0], add('SPE_E3').addLicenses[0]],
      removeLicenses: [],
    };

    const reply = await assign(id, both);

    expect(reply.status).toBe(200);
  });

  it('frees the seat on removal', async () => {
    const id = graph.newUser();
    await assign(id, add('VISIOCLIENT'));
    const before = consumed('VISIOCLIENT') ?? 0;

    await assign(id, remove('VISIOCLIENT'));

    expect(consumed('VISIOCLIENT')).toBe(before - 1);
    expect(await held(id)).toEqual([]);
  });

  it('needs no usage location to take a license away', async () => {
    const id = graph.newUser();
    await assign(id, add('EMS'));
    await graph.call('PATCH', `/users/${id}`, { usageLocation: null });

    expect((await assign(id, remove('EMS'))).status).toBe(200);
  });

  it('lets a direct license stand beside an inherited one for one seat', async () => {
    const group = graph.engine.tenant.groupOrder.find(
      ({ properties }) => properties.displayName === 'LIC-Power-BI',
    );
    const id = graph.newUser({}, { memberOf: [group?.id ?? ''] });
    graph.engine.clock.advance(5_000);
    const before = consumed('POWER_BI_PRO');

    const reply = await assign(id, add('POWER_BI_PRO'));

    expect(reply.status).toBe(200);
    expect(consumed('POWER_BI_PRO')).toBe(before);
    const { body } = await graph.call('GET', `/users/${id}?$select=licenseAssignmentStates`);
    expect(body.licenseAssignmentStates.map((state: Json) => state.assignedByGroup)).toEqual([
      null,
      group?.id,
    ]);
  });

  it('lags behind a PATCH of the usage location when told to', async () => {
    await graph.local('POST', '/faults', { usageLocationLagMs: 2_000 });
    const id = graph.newUser({ usageLocation: null });
    await graph.call('PATCH', `/users/${id}`, { usageLocation: 'DE' });

    const early = await assign(id, add('EMS'));
    graph.engine.clock.advance(2_000);
    const late = await assign(id, add('EMS'));

    expect([early.status, late.status]).toEqual([400, 200]);
    expect(early.body.error.message).toContain('invalid usage location');
  });
});

describe('provisioning', () => {
  const statusOf = async (id: string, name: string) => {
    const { body } = await graph.call('GET', `/users/${id}/licenseDetails`);
    return body.value[0].servicePlans.find((entry: Json) => entry.servicePlanName === name)
      .provisioningStatus;
  };

  it('shows Disabled, PendingInput until the service has confirmed, then Success', async () => {
    await graph.local('POST', '/faults', { provisioningMs: { min: 10_000, max: 10_000 } });
    const id = graph.newUser();
    await assign(id, add('EMS', plan('EMS', 'INTUNE_A')));

    const early = await statusOf(id, 'AAD_PREMIUM');
    graph.engine.clock.advance(10_000);

    expect(early).toBe('PendingInput');
    expect(await statusOf(id, 'AAD_PREMIUM')).toBe('Success');
    expect(await statusOf(id, 'INTUNE_A')).toBe('Disabled');
  });

  it('ends in PendingActivation for a plan that an admin has to activate', async () => {
    const id = graph.newUser();
    await assign(id, add('SPE_E3'));

    expect(await statusOf(id, 'INTUNE_O365')).toBe('PendingActivation');
  });

  it('can stay in PendingInput', async () => {
    await graph.local('POST', '/faults', { pendingInputRate: 1 });
    const id = graph.newUser();
    await assign(id, add('EMS'));
    graph.engine.clock.advance(86_400_000);

    expect(await statusOf(id, 'AAD_PREMIUM')).toBe('PendingInput');
  });

  it('gives a mailbox its address, which is a further change of the user', async () => {
    const id = graph.newUser();
    await assign(id, add('SPE_E3'));
    const before = graph.engine.changes.lastSeq;

    graph.engine.clock.advance(5_000);

    const { body } = await graph.call('GET', `/users/${id}?$select=mail,proxyAddresses`);
    expect(body.proxyAddresses).toEqual([`SMTP:${body.mail}`]);
    expect(graph.engine.changes.lastSeq).toBeGreaterThan(before);
  });
});
