/* eslint-disable @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-argument --
   bodies of answers are what the tests expect them to be */
// https://learn.microsoft.com/graph/delta-query-overview, https://learn.microsoft.com/graph/api/user-delta
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { add, fromLink, startEmbeddedGraph } from '../support/embedded-graph';
import type { EmbeddedGraph, Json } from '../support/embedded-graph';

let graph: EmbeddedGraph;
beforeAll(async () => {
  graph = await startEmbeddedGraph();
});
afterAll(() => graph.stop());
afterEach(() => graph.local('DELETE', '/faults'));

const get = (path: string, headers?: Record<string, string>) => graph.call('GET', path, undefined, headers);

/** Follows a round to its end. */
async function round(path: string, headers?: Record<string, string>) {
  const rows: Json[] = [];
  let pages = 0;
  for (let next = path; ;) {
    const { status, body } = await get(next, headers);
    expect(status).toBe(200);
    pages += 1;
    rows.push(...body.value);
    const link = body['@odata.nextLink'];
    expect([link, body['@odata.deltaLink']].filter(Boolean)).toHaveLength(1);
    if (link === undefined) return { rows, pages, link: fromLink(body['@odata.deltaLink']) };
    next = fromLink(link);
  }
}
const latest = async (select: string, kind = 'users') =>
  fromLink((await get(`/${kind}/delta?$select=${select}&$deltatoken=latest`)).body['@odata.deltaLink']);

describe('users/delta', () => {
  it('tells everybody page by page, then only what came after', async () => {
    await graph.local('POST', '/faults', { deltaPageSize: 10 });
    const first = await round('/users/delta?$select=displayName,department');
    const id = graph.newUser({ department: 'Sales' });
    const second = await round(first.link);

    expect(first.rows).toHaveLength(graph.engine.tenant.userCount - 1);
    expect(first.pages).toBeGreaterThan(5);
    expect(second.rows).toEqual([{ id, displayName: expect.any(String), department: 'Sales' }]);
    expect((await round(second.link)).rows).toEqual([]);
  });

  it('deltatoken=latest gives a link only, and remembers $select', async () => {
    const { body } = await get('/users/delta?$select=department&$deltatoken=latest');
    const id = graph.newUser({ department: 'HR', jobTitle: 'Recruiter' });

    const { rows } = await round(fromLink(body['@odata.deltaLink']));

    expect(body.value).toEqual([]);
    expect(rows).toEqual([{ id, department: 'HR' }]);
  });

  it('is silent about properties that were not selected', async () => {
    const id = graph.newUser();
    const link = await latest('department');

    await graph.call('PATCH', `/users/${id}`, { jobTitle: 'Other' });

    expect((await round(link)).rows).toEqual([]);
  });

  it('brings a user back for a license change when licenses are selected', async () => {
    const id = graph.newUser();
    const link = await latest('assignedLicenses');

    await graph.call('POST', `/users/${id}/assignLicense`, add('EMS'));

    expect((await round(link)).rows).toMatchObject([{ id, assignedLicenses: [{}] }]);
  });

  it('says changed for a soft-deleted user and deleted for one who is gone', async () => {
    const id = graph.newUser();
    const link = await latest('department');

    await graph.call('DELETE', `/users/${id}`);
    const soft = await round(link);
    await graph.call('DELETE', `/directory/deletedItems/${id}`);
    const hard = await round(soft.link);

    expect(soft.rows).toEqual([{ id, '@removed': { reason: 'changed' } }]);
    expect(hard.rows).toEqual([{ id, '@removed': { reason: 'deleted' } }]);
  });

  it('gives only what changed for Prefer: return=minimal', async () => {
    const id = graph.newUser({ department: 'HR', jobTitle: 'Recruiter' });
    const link = await latest('department,jobTitle');
    await graph.call('PATCH', `/users/${id}`, { jobTitle: 'Lead' });

    const minimal = await round(link, { prefer: 'return=minimal' });
    const whole = await round(link);

    expect(minimal.rows).toEqual([{ id, jobTitle: 'Lead' }]);
    expect(whole.rows).toEqual([{ id, department: 'HR', jobTitle: 'Lead' }]);
  });

  it('tells of at most 50 ids when filtered', async () => {
    const [one, two] = [graph.newUser(), graph.newUser()];
    const filter = `id eq '${one}' or id eq '${two}'`;
    const many = Array.from({ length: 51 }, () => `id eq '${one}'`).join(' or ');

    const { rows } = await round(`/users/delta?$select=displayName&$filter=${encodeURIComponent(filter)}`);

    expect(rows.map((row: Json) => row.id)).toEqual([one, two]);
    expect((await get(`/users/delta?$filter=${encodeURIComponent(many)}`)).status).toBe(400);
    expect((await get("/users/delta?$filter=department eq 'HR'")).status).toBe(400);
  });

  it('can give empty pages that lead on', async () => {
    const link = await latest('department');
    graph.newUser({ department: 'HR' });
    await graph.local('POST', '/faults', { emptyDeltaPageRate: 1 });
    const { body } = await get(link);
    await graph.local('DELETE', '/faults');

    expect(body.value).toEqual([]);
    expect((await round(fromLink(body['@odata.nextLink']))).rows).toHaveLength(1);
  });

  it('can tell changes again', async () => {
    const id = graph.newUser({ department: 'HR' });
    const link = await latest('department');
    await graph.local('POST', '/faults', { deltaReplayRate: 1 });

    expect((await round(link)).rows.map((row: Json) => row.id)).toContain(id);
  });

  it('lags behind like any read', async () => {
    const link = await latest('department');
    await graph.local('POST', '/faults', { staleReadMs: 4_000 });
    const id = graph.newUser({ department: 'HR' });

    const early = await round(link);
    graph.engine.clock.advance(4_000);

    expect(early.rows.filter((row: Json) => row.id === id)).toEqual([]);
    expect((await round(early.link)).rows.map((row: Json) => row.id)).toContain(id);
  });

  it('does not pass by a user who is not replicated yet', async () => {
    const link = await latest('department');
    await graph.local('POST', '/faults', { notFoundLagMs: 3_000 });
    const id = graph.newUser({ department: 'HR' });
    await graph.local('DELETE', '/faults');

    const early = await round(link);
    graph.engine.clock.advance(3_000);

    expect(early.rows).toEqual([]);
    expect((await round(early.link)).rows).toEqual([{ id, department: 'HR' }]);
  });

  it.each(['$top=5', '$expand=manager', '$orderby=displayName'])('refuses %s', async (option) => {
    expect((await get(`/users/delta?${option}`)).status).toBe(400);
  });

  it('answers syncStateNotFound for a token of more than seven days', async () => {
    const link = await latest('department');
    graph.engine.clock.advance(8 * 86_400_000);

    const { status, body } = await get(link);

    expect([status, body.error.code]).toEqual([410, 'syncStateNotFound']);
  });

  it('answers the same for a position before the oldest change that is there, and for the pages of such a round', async () => {
    const short = await startEmbeddedGraph({ changesKept: 4 });
    const linkOf = ({ body }: { body: Json }) => fromLink(String(body['@odata.deltaLink']));
    const old = linkOf(await short.call('GET', '/users/delta?$deltatoken=latest'));
    const page = await short.call('GET', '/users/delta', undefined, { prefer: 'odata.maxpagesize=5' });
    for (let count = 0; count < 9; count++) short.newUser();
    const known = linkOf(await short.call('GET', '/users/delta?$deltatoken=latest'));
    const newest = short.newUser();

    const lost = await short.call('GET', old);
    const lostPage = await short.call('GET', fromLink(String(page.body['@odata.nextLink'])));
    const told = await short.call('GET', known);
    await short.stop();

    expect([lost.status, lost.body.error.code]).toEqual([410, 'syncStateNotFound']);
    expect([lostPage.status, lostPage.body.error.code]).toEqual([410, 'syncStateNotFound']);
    expect((told.body.value as Json[]).map(({ id }) => id)).toEqual([newest]);
  });

  it('answers 410 with a Location after a reset, and starts anew from there', async () => {
    const link = await latest('department');
    await graph.local('POST', '/delta/reset');

    const { status, body, headers } = await get(link);

    expect([status, body.error.code]).toEqual([410, 'resyncRequired']);
    expect(headers.get('location')).toBe('https://graph.microsoft.com/v1.0/users/delta?$deltatoken=');
    expect((await round(fromLink(headers.get('location') ?? ''))).rows.length).toBeGreaterThan(50);
  });

  it('refuses a token that was tampered with', async () => {
    const link = await latest('department');

    expect((await get(link.replace('deltatoken=e', 'deltatoken=f'))).status).toBe(400);
  });
});

describe('groups/delta', () => {
  it('spreads the members of a large group over pages and tells who came and went', async () => {
    await graph.local('POST', '/faults', { deltaPageSize: 5 });
    const group = graph.engine.tenant.groupOrder.find(({ memberIds }) => memberIds.size > 10);
    const first = await round('/groups/delta?$select=displayName,members');
    const told = first.rows.filter((row: Json) => row.id === group?.id);
    const id = graph.newUser({}, { memberOf: [group?.id ?? ''] });
    const second = await round(first.link);
    await graph.call('DELETE', `/groups/${group?.id}/members/${id}/$ref`);
    const third = await round(second.link);

    expect(told.length).toBeGreaterThan(2);
    expect(told.flatMap((row: Json) => row['members@delta'])).toHaveLength(group?.memberIds.size ?? 0);
    expect(second.rows[0]['members@delta']).toEqual([{ '@odata.type': '#microsoft.graph.user', id }]);
    expect(third.rows[0]['members@delta']).toEqual([
      { '@odata.type': '#microsoft.graph.user', id, '@removed': { reason: 'deleted' } },
    ]);
  });

  it('keeps quiet about members that are soft-deleted', async () => {
    const group = graph.engine.tenant.groupOrder[1];
    const id = graph.newUser({}, { memberOf: [group?.id ?? ''] });
    const link = await latest('displayName,members', 'groups');

    await graph.call('DELETE', `/users/${id}`);

    expect((await round(link)).rows).toEqual([]);
  });

  const newGroup = async (displayName: string, groupTypes: readonly string[] = []): Promise<string> => {
    const input = { displayName, groupTypes, mailEnabled: groupTypes.length > 0, mailNickname: displayName };
    return (await graph.call('POST', '/groups', { ...input, securityEnabled: true })).body.id;
  };
  const join = async (group: string, member: string) =>
    graph.call('POST', `/groups/${group}/members/$ref`, {
      '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${member}`,
    });
  const members = (rows: Json[], group: string) =>
    rows.filter(({ id }) => id === group).flatMap((row) => (row['members@delta'] ?? []) as Json[]);

  it('spreads many changes of one group over pages, too', async () => {
    const group = await newGroup('many-changes');
    const link = await latest('members', 'groups');
    const joined = Array.from({ length: 12 }, () => graph.newUser({}, { memberOf: [group] }));
    await graph.local('POST', '/faults', { deltaPageSize: 5 });

    const { rows, pages } = await round(link);

    expect(pages).toBe(3);
    expect(members(rows, group).map((member: Json) => member.id)).toEqual(joined);
  });

  it('tells a group inside a group as a group, and that it left when it was deleted for good', async () => {
    const [outer, inner] = [await newGroup('outer'), await newGroup('inner')];
    const link = await latest('members', 'groups');

    await join(outer, inner);
    const added = await round(link);
    await graph.call('DELETE', `/groups/${inner}`);
    const gone = await round(added.link);

    expect(members(added.rows, outer)).toEqual([{ '@odata.type': '#microsoft.graph.group', id: inner }]);
    expect(gone.rows).toContainEqual({ id: inner, '@removed': { reason: 'deleted' } });
    expect(members(gone.rows, outer)).toMatchObject([{ id: inner, '@removed': { reason: 'deleted' } }]);
  });

  it('says changed for a Microsoft 365 group that was deleted, and shows it when it is restored', async () => {
    const [outer, inner] = [await newGroup('around'), await newGroup('team', ['Unified'])];
    const user = graph.newUser({}, { memberOf: [inner] });
    await join(outer, inner);
    const link = await latest('displayName,members', 'groups');

    await graph.call('DELETE', `/groups/${inner}`);
    const deleted = await round(link);
    const without = await graph.call('GET', `/groups/${outer}/transitiveMembers`);
    const restored = await graph.call('POST', `/directory/deletedItems/${inner}/restore`);
    const back = await round(deleted.link);
    const within = await graph.call('GET', `/groups/${outer}/transitiveMembers`);

    expect(deleted.rows).toEqual([{ id: inner, '@removed': { reason: 'changed' } }]);
    expect(without.body.value).toEqual([]);
    expect(restored).toMatchObject({ status: 200, body: { id: inner } });
    expect(back.rows).toMatchObject([{ id: inner, displayName: 'team' }]);
    expect(within.body.value).toMatchObject([{ id: inner }, { id: user }]);
  });
});
