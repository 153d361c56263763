/* eslint-disable @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return --
   bodies of answers are what the tests expect them to be */
// https://learn.microsoft.com/graph/api/resources/group, https://learn.microsoft.com/entra/fundamentals/concept-group-based-licensing
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { add, plan, remove, sku, startEmbeddedGraph } from '../support/embedded-graph';
import type { EmbeddedGraph, Json } from '../support/embedded-graph';

let graph: EmbeddedGraph;
beforeAll(async () => {
  graph = await startEmbeddedGraph();
});
afterAll(() => graph.stop());

const eventual = { consistencylevel: 'eventual' };
const get = (path: string, headers?: Record<string, string>) => graph.call('GET', path, undefined, headers);
const groupId = (name: string) =>
  graph.engine.tenant.groupOrder.find(({ properties }) => properties.displayName === name)?.id ?? '';
let made = 0;
const newGroup = async (): Promise<string> => {
  made += 1;
  const body = {
    displayName: `Group ${made}`,
    mailEnabled: false,
    mailNickname: `group${made}`,
    securityEnabled: true,
  };
  return (await graph.call('POST', '/groups', body)).body.id;
};
const join = (group: string, member: string) =>
  graph.call('POST', `/groups/${group}/members/$ref`, {
    '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${member}`,
  });
const leave = (group: string, member: string) =>
  graph.call('DELETE', `/groups/${group}/members/${member}/$ref`);
const license = (group: string, body: unknown) => graph.call('POST', `/groups/${group}/assignLicense`, body);
const settle = () => graph.engine.clock.advance(10_000);
const states = async (id: string): Promise<Json[]> =>
  (await get(`/users/${id}?$select=licenseAssignmentStates`)).body.licenseAssignmentStates;

describe('memberships', () => {
  it('knows direct and nested groups', async () => {
    const id = graph.newUser({}, { memberOf: [groupId('SG-Platform')] });

    const direct = (await get(`/users/${id}/memberOf?$select=id,displayName`)).body.value;
    const all = (
      await get(
        `/users/${id}/transitiveMemberOf/microsoft.graph.group?$select=displayName&$count=true`,
        eventual,
      )
    ).body;

    expect(direct).toEqual([
      { '@odata.type': '#microsoft.graph.group', id: groupId('SG-Platform'), displayName: 'SG-Platform' },
    ]);
    expect(all.value.map((group: Json) => group.displayName)).toEqual([
      'SG-Platform',
      'SG-Engineering',
      'SG-Staff',
    ]);
    expect(all['@odata.count']).toBe(3);
  });

  it('refuses a cast without the advanced query capabilities', async () => {
    const { status, body } = await get(`/users/${graph.newUser()}/transitiveMemberOf/microsoft.graph.group`);

    expect([status, body.error.code]).toEqual([400, 'Request_UnsupportedQuery']);
  });

  it('lists users of nested groups too, by transitiveMembers', async () => {
    const id = graph.newUser({}, { memberOf: [groupId('SG-Platform-On-Call')] });

    const path = `/groups/${groupId('SG-Engineering')}/transitiveMembers/microsoft.graph.user?$select=id&$count=true&$top=999`;
    const { body } = await get(path, eventual);

    expect(body.value).toContainEqual({ id });
    expect(
      (await get(`/groups/${groupId('SG-Engineering')}/members?$top=999`)).body.value,
    ).not.toContainEqual({ id });
  });

  it('checks and gets member groups transitively', async () => {
    const id = graph.newUser({}, { memberOf: [groupId('SG-Platform')] });

    const checked = await graph.call('POST', `/users/${id}/checkMemberGroups`, {
      groupIds: [groupId('SG-Staff'), groupId('SG-HR')],
    });
    const all = await graph.call('POST', `/users/${id}/getMemberGroups`, { securityEnabledOnly: true });
    const tooMany = await graph.call('POST', `/users/${id}/checkMemberGroups`, {
      groupIds: Array.from({ length: 21 }, () => groupId('SG-HR')),
    });

    expect(checked.body.value).toEqual([groupId('SG-Staff')]);
    expect(all.body.value).toHaveLength(3);
    expect(tooMany.status).toBe(400);
  });

  it('adds and removes members, and a second time neither', async () => {
    const [group, id] = [await newGroup(), graph.newUser()];

    expect([(await join(group, id)).status, (await join(group, id)).status]).toEqual([204, 400]);
    expect([(await leave(group, id)).status, (await leave(group, id)).status]).toEqual([204, 404]);
  });
});

describe('group-based licensing', () => {
  it('answers 202 and works the licenses out later, for first-level members only', async () => {
    const [group, inner, id, nested] = [await newGroup(), await newGroup(), graph.newUser(), graph.newUser()];
    await join(group, id);
    await join(group, inner);
    await join(inner, nested);

    const reply = await license(group, add('EMS'));
    const early = await states(id);
    const queued = (await get(`/groups/${group}?$select=licenseProcessingState`)).body;
    settle();

    expect(reply.status).toBe(202);
    expect([early, queued.licenseProcessingState]).toEqual([[], { state: 'QueuedForProcessing' }]);
    expect(await states(id)).toMatchObject([
      { skuId: sku('EMS'), assignedByGroup: group, state: 'Active', error: null },
    ]);
    expect(await states(nested)).toEqual([]);
    expect(
      (await get(`/groups/${group}?$select=licenseProcessingState`)).body.licenseProcessingState,
    ).toEqual({ state: 'ProcessingComplete' });
  });

  it('gives a new member the license and takes it from one who leaves', async () => {
    const [group, id] = [await newGroup(), graph.newUser()];
    await license(group, add('EMS'));
    const before = graph.engine.tenant.skus.get(sku('EMS'))?.consumedUnits ?? 0;

    await join(group, id);
    settle();
    const during = graph.engine.tenant.skus.get(sku('EMS'))?.consumedUnits;
    await leave(group, id);
    settle();

    expect(during).toBe(before + 1);
    expect(graph.engine.tenant.skus.get(sku('EMS'))?.consumedUnits).toBe(before);
  });

  it('takes the tenant’s location for a member without one', async () => {
    const [group, id] = [await newGroup(), graph.newUser({ usageLocation: null })];
    await join(group, id);
    await license(group, add('EMS'));
    settle();

    expect(await states(id)).toMatchObject([{ state: 'Active' }]);
    expect((await get(`/users/${id}?$select=usageLocation`)).body.usageLocation).toBeNull();
  });

  it('gives none of a group’s products when one fails, the others as Other', async () => {
    const [group, id] = [await newGroup(), graph.newUser()];
    await join(group, id);
    await license(group, {
      addLicenses: [...add('EMS').addLicenses, ...add('PROJECTPROFESSIONAL').addLicenses],
      removeLicenses: [],
    });
    settle();

    const held = await states(id);
    const error = (partNumber: string) => held.find((state) => state.skuId === sku(partNumber)).error;
    expect([error('EMS'), error('PROJECTPROFESSIONAL')]).toEqual(['Other', 'CountViolation']);
    expect(held.every(({ state }) => state === 'Error')).toBe(true);
    expect((await get(`/users/${id}?$select=assignedLicenses`)).body.assignedLicenses).toEqual([]);
    const failing = await get('/groups?$count=true&$filter=hasMembersWithLicenseErrors eq true&$select=id');
    expect(failing.body.value).toContainEqual({ id: group });
    expect((await get(`/groups/${group}/membersWithLicenseErrors?$select=id`)).body.value).toMatchObject([
      { id },
    ]);
  });

  it.each([
    ['MutuallyExclusiveViolation', 'INTUNE_A_VL', 'EMS', 'NL'],
    ['ProhibitedInUsageLocationViolation', 'EMS', undefined, 'CU'],
    ['DependencyViolation', 'MCOEV', 'SPE_E3', 'NL'],
  ])('shows %s', async (error, ofGroup, direct, usageLocation) => {
    const [group, id] = [await newGroup(), graph.newUser({ usageLocation })];
    if (direct) await graph.call('POST', `/users/${id}/assignLicense`, add(direct));
    await join(group, id);
    await license(group, add(ofGroup));
    settle();

    const inherited = (await states(id)).find((state) => state.assignedByGroup === group);
    expect(inherited).toMatchObject({ error, state: 'Error' });
  });

  it('reprocessLicenseAssignment says the reason, and repairs once the cause is gone', async () => {
    const [group, id] = [await newGroup(), graph.newUser()];
    await graph.call('POST', `/users/${id}/assignLicense`, add('EMS'));
    await join(group, id);
    await license(group, add('INTUNE_A_VL'));
    settle();

    const first = await graph.call('POST', `/users/${id}/reprocessLicenseAssignment`);
    await graph.call('POST', `/users/${id}/assignLicense`, add('EMS', plan('EMS', 'INTUNE_A')));
    const second = await graph.call('POST', `/users/${id}/reprocessLicenseAssignment`);

    expect([first.status, first.body.error.message]).toEqual([
      400,
      expect.stringContaining('mutually exclusive'),
    ]);
    expect(second.status).toBe(200);
    expect((await states(id)).map(({ state }) => state)).toEqual(['Active', 'Active']);
  });

  it('unites the plans of all sources', async () => {
    const [group, id] = [await newGroup(), graph.newUser()];
    await join(group, id);
    await license(group, add('EMS', plan('EMS', 'INTUNE_A')));
    settle();
    await graph.call('POST', `/users/${id}/assignLicense`, add('EMS', plan('EMS', 'ADALLOM_S_DISCOVERY')));

    const { body } = await get(`/users/${id}?$select=assignedLicenses`);

    expect(body.assignedLicenses).toEqual([{ skuId: sku('EMS'), disabledPlans: [] }]);
  });

  it('does not delete a group that gives licenses', async () => {
    const group = await newGroup();
    await license(group, add('EMS'));

    const refused = await graph.call('DELETE', `/groups/${group}`);
    await license(group, remove('EMS'));

    expect([refused.status, (await graph.call('DELETE', `/groups/${group}`)).status]).toEqual([400, 204]);
  });
});

describe('memberships that lag', () => {
  afterEach(() => graph.local('DELETE', '/faults'));

  const ids = async (path: string): Promise<string[]> =>
    (await get(path)).body.value.map(({ id }: { id: string }) => id).sort();

  it('are shown from both sides as they were, while everything else is current', async () => {
    const [outer, inner] = [await newGroup(), await newGroup()];
    const [stays, leaves, comes] = [graph.newUser(), graph.newUser(), graph.newUser()];
    for (const id of [stays, leaves]) await join(inner, id);
    await join(outer, inner);
    await graph.local('POST', '/faults', { membershipLagMs: 30_000 });

    await join(inner, comes);
    graph.engine.clock.advance(20_000);
    await leave(inner, leaves);
    await graph.call('PATCH', `/users/${comes}`, { jobTitle: 'Newcomer' });
    const seen = async () => ({
      direct: await ids(`/groups/${inner}/members`),
      transitive: await ids(`/groups/${outer}/transitiveMembers`),
      ofNewcomer: await ids(`/users/${comes}/memberOf`),
      ofLeaver: await ids(`/users/${leaves}/transitiveMemberOf`),
    });
    const atOnce = await seen();
    const title = (await get(`/users/${comes}?$select=jobTitle`)).body.jobTitle;
    graph.engine.clock.advance(10_001);
    const later = await seen();
    graph.engine.clock.advance(20_000);
    const last = await seen();

    const both = [inner, outer].sort();
    expect(atOnce).toEqual({
      direct: [stays, leaves].sort(),
      transitive: [inner, stays, leaves].sort(),
      ofNewcomer: [],
      ofLeaver: both,
    });
    expect(title).toBe('Newcomer');
    expect(later).toEqual({
      direct: [stays, leaves, comes].sort(),
      transitive: [inner, stays, leaves, comes].sort(),
      ofNewcomer: [inner],
      ofLeaver: both,
    });
    expect(last).toEqual({
      direct: [stays, comes].sort(),
      transitive: [inner, stays, comes].sort(),
      ofNewcomer: [inner],
      ofLeaver: [],
    });
  });

  it('are current again, with nothing kept, when the lag ends', async () => {
    const [group, id] = [await newGroup(), graph.newUser()];
    await graph.local('POST', '/faults', { membershipLagMs: 30_000 });
    await join(group, id);

    await graph.local('POST', '/faults', { membershipLagMs: 0 });
    const members = await ids(`/groups/${group}/members`);
    await leave(group, id);

    expect(members).toEqual([id]);
    expect(graph.engine.tenant.groups.get(group)?.memberChanges).toEqual([]);
  });
});
