// https://learn.microsoft.com/graph/delta-query-groups
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startEmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import type { EmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import { groupPositionRow } from '../../../shared/pipeline/intake/groups/group-position';
import { makeGroupWorld, memberPolicy } from '../../support/graph/group-world';
import type { GroupWorld } from '../../support/graph/group-world';

const day = 86_400_000;

let graph: EmbeddedGraph;
beforeAll(async () => {
  // Quotas are not what is tested, and a clock that jumps does not fill them.
  graph = await startEmbeddedGraph({ settings: { quotaFactor: 100_000 } });
});
afterAll(() => graph.stop());
afterEach(() => graph.local('DELETE', '/faults'));
const set = (settings: object) => graph.local('POST', '/faults', { quotaFactor: 100_000, ...settings });

let made = 0;
async function newGroup(displayName = `SG-${String(++made)}`, groupTypes: readonly string[] = []) {
  const { body } = await graph.call('POST', '/groups', {
    displayName,
    groupTypes,
    mailEnabled: groupTypes.length > 0,
    mailNickname: `g${String(made)}`,
    securityEnabled: true,
  });
  return { id: (body as { id: string }).id, name: displayName };
}
type Group = Awaited<ReturnType<typeof newGroup>>;

async function join({ id }: Group, member: string): Promise<void> {
  const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${member}` };
  expect((await graph.call('POST', `/groups/${id}/members/$ref`, reference)).status).toBe(204);
}
async function leave({ id }: Group, member: string): Promise<void> {
  expect((await graph.call('DELETE', `/groups/${id}/members/${member}/$ref`)).status).toBe(204);
}
const remove = ({ id }: Group) => graph.call('DELETE', `/groups/${id}`);
const restore = ({ id }: Group) => graph.call('POST', `/directory/deletedItems/${id}/restore`);
const userIn = (...groups: readonly Group[]) => graph.newUser({}, { memberOf: groups.map(({ id }) => id) });

/** Follows already, with a policy whose rule has these groups in `memberOf`. */
async function following(...groups: readonly Group[]): Promise<GroupWorld> {
  const world = makeGroupWorld(graph, memberPolicy(...groups.map(({ name }) => name)));
  expect(await world.round()).toEqual([]);
  return world;
}

describe('a group that the policy names', () => {
  it('has who joins and who leaves it looked at, each once, and no member of another group', async () => {
    const [group, other] = [await newGroup(), await newGroup()];
    const user = graph.newUser();
    const world = await following(group);

    await join(group, user);
    await join(other, user);
    userIn(other);
    const joined = await world.round();
    const quiet = await world.round();
    await leave(group, user);
    const left = await world.round();

    expect(joined).toEqual([user]);
    expect(quiet).toEqual([]);
    expect(left).toEqual([user]);
    expect(world.sent).toMatchObject([{ hint: { kind: 'look', source: 'delta' } }]);
    expect(await world.census()).toBeUndefined();
  });

  it('has 5,000 changes at once looked at as bulk work, page by page', async () => {
    const group = await newGroup();
    const world = await following(group);
    const users = Array.from({ length: 5_000 }, () => userIn(group)).sort();

    const looked = await world.round();

    expect(looked).toEqual(users);
    expect(world.sent.every((one) => one.kind === 'hint' && one.hint.crowd === true)).toBe(true);
    const times = new Set(world.sent.map((one) => ('at' in one ? one.at : 0)));
    // 150 a second, as the write quota of the test takes them.
    expect(times.size).toBeGreaterThan(30);
  });

  it('is followed under its id when it is renamed', async () => {
    const group = await newGroup();
    const world = await following(group);

    await graph.call('PATCH', `/groups/${group.id}`, { displayName: `renamed ${group.name}` });
    const renamed = await world.round();
    const user = userIn(group);

    expect(renamed).toEqual([]);
    expect(await world.round()).toEqual([user]);
  });

  it('decides nothing while it is deleted, is not replaced by one of its name, and counts again when it is restored', async () => {
    const group = await newGroup(undefined, ['Unified']);
    const member = userIn(group);
    const world = await following(group);

    await remove(group);
    const deleted = await world.round();
    const twin = await newGroup(group.name);
    userIn(twin);
    const again = await world.round();
    await remove(twin);
    await restore(group);
    const restored = await world.round();

    expect([deleted, again]).toEqual([[], []]);
    expect(restored).toEqual([member]);
    expect(await world.census()).toBeUndefined();
  });

  it('has its members looked at once it is there under a name that meant nothing before', async () => {
    const world = makeGroupWorld(graph, memberPolicy('SG-to-come'));
    await world.round();

    const member = userIn(await newGroup('SG-to-come'));

    expect(new Set(await world.round())).toEqual(new Set([member]));
  });
});

describe('a group inside a group that the policy names', () => {
  it('has everybody in it looked at when it comes and when it goes, and its own changes followed', async () => {
    const [outer, inner, innermost] = [await newGroup(), await newGroup(), await newGroup()];
    const one = userIn(inner);
    const two = userIn(innermost);
    await join(inner, innermost.id);
    const world = await following(outer);

    await join(outer, inner.id);
    const came = await world.round();
    const three = userIn(innermost);
    const joined = await world.round();
    await leave(outer, inner.id);
    const went = await world.round();

    expect(came).toEqual([one, two].sort());
    expect(joined).toEqual([three]);
    expect(went).toEqual([one, two, three].sort());
  });

  it('is known from the start, by the time its members change', async () => {
    const [outer, inner] = [await newGroup(), await newGroup()];
    await join(outer, inner.id);
    const world = await following(outer);

    const user = userIn(inner);

    expect(await world.round()).toEqual([user]);
  });

  it('has a user looked at who leaves it right after it went, and one who left it right before it came', async () => {
    const [outer, inner] = [await newGroup(), await newGroup()];
    const [early, late] = [userIn(inner), userIn(inner)];
    const world = await following(outer);

    await leave(inner, early);
    await join(outer, inner.id);
    const came = await world.round();
    await leave(outer, inner.id);
    await world.round();
    await leave(inner, late);
    const after = await world.round();

    expect(came).toEqual([early, late].sort());
    expect(after).toEqual([late]);
  });

  it('has a census compare everybody when it is deleted, since Graph does not list its members any more', async () => {
    const [outer, inner] = [await newGroup(), await newGroup()];
    userIn(inner);
    await join(outer, inner.id);
    const world = await following(outer);

    await remove(inner);
    await world.round();

    expect(await world.census()).toMatchObject({ reason: 'asked for', by: 'licenser (groups-delta)' });
  });

  it('has its members looked at when it is restored after days', async () => {
    const [outer, inner] = [await newGroup(), await newGroup(undefined, ['Unified'])];
    const member = userIn(inner);
    await join(outer, inner.id);
    const world = await following(outer);

    await remove(inner);
    const deleted = await world.round();
    await restore(inner);
    const restored = await world.round();

    expect(deleted).toEqual([]);
    expect(await world.census()).toBeDefined();
    expect(restored).toEqual([member]);
  });
});

describe('a condition', () => {
  const when = (condition: string) =>
    memberPolicy('unused').replace('memberOf: [unused]', `when: 'user.memberOf -any (${condition})'`);

  it('that names a group has its direct members followed, and not those of groups inside it', async () => {
    const [group, inner] = [await newGroup(), await newGroup()];
    const world = makeGroupWorld(graph, when(`group.objectId -in ["${group.id}"]`));
    await world.round();

    await join(group, inner.id);
    userIn(inner);
    const member = userIn(group);

    expect(await world.round()).toEqual([member]);
  });

  it('on a part of a name has the members of every group followed', async () => {
    const group = await newGroup();
    const world = makeGroupWorld(graph, when('group.displayName -startsWith "SG-"'));
    await world.round();

    const member = userIn(group);

    expect(await world.round()).toEqual([member]);
  });
});

describe('a lost position in the changes of groups', () => {
  it.each([
    ['syncStateNotFound', { lostPositionAs: 'syncStateNotFound' }],
    ['syncStateNotFound with 400', { lostPositionAs: 'syncStateNotFound', expiredDeltaStatus: 400 }],
    ['an expired page token', { lostPositionAs: 'expiredPageToken' }],
    ['a text alone', { lostPositionAs: 'syncStateText' }],
    ['404', { lostPositionAs: 'notFound' }],
  ])('told as %s has a census compare everybody, and changes are followed on at once', async (_as, lost) => {
    const group = await newGroup();
    const world = await following(group);
    await set(lost);
    graph.engine.clock.advance(8 * day);
    userIn(group);

    await world.round();
    const user = userIn(group);
    const next = await world.round();

    expect(await world.census()).toMatchObject({ by: 'licenser (groups-delta)' });
    expect(next).toEqual([user]);
    expect(await world.doctor()).toMatchObject([{ state: 'ok' }]);
  });

  it('ordered by a reset is started over in the same way', async () => {
    const group = await newGroup();
    const world = await following(group);
    await graph.local('POST', '/delta/reset');

    await world.round();
    const user = userIn(group);

    expect(await world.census()).toBeDefined();
    expect(await world.round()).toEqual([user]);
  });
});

describe('rights', () => {
  it('that are missing are named by doctor, pause nothing, and what changed is looked at when they are back', async () => {
    const group = await newGroup();
    const world = await following(group);
    await world.hold(['LicenseAssignment.Read.All']);
    const user = userIn(group);

    for (let rounds = 0; rounds < 3; rounds++) expect(await world.round()).toEqual([]);
    const without = await world.doctor();
    await world.hold(['GroupMember.Read.All', 'LicenseAssignment.Read.All']);
    const after = await world.round();

    expect(without).toMatchObject([{ state: 'fail', text: expect.stringContaining('GroupMember.Read.All') }]);
    expect(world.logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    expect(await world.services.control.pauses()).toEqual([]);
    expect(after).toEqual([user]);
    expect(await world.doctor()).toMatchObject([{ state: 'ok' }]);
  });

  it('are not needed while no policy asks for groups', async () => {
    const policy = memberPolicy('unused').replace('memberOf: [unused]', `when: 'user.department -eq "HR"'`);
    const world = makeGroupWorld(graph, policy);
    await world.hold(['LicenseAssignment.Read.All']);

    expect(await world.round()).toEqual([]);
    expect((await world.services.cursors.read(groupPositionRow)).value).toBeNull();
    expect(await world.doctor()).toMatchObject([
      { state: 'ok', text: expect.stringContaining('no policy names a group') },
    ]);
  });
});
