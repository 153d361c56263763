import { beforeEach, describe, expect, it } from '@jest/globals';
import { GraphError } from '../../../../shared/graph/refusals/graph-error';
import { ConcurrencyError } from '../../../../shared/kernel/errors';
import { checkGroupPosition } from '../../../../shared/ops/doctor/changes/check-group-position';
import { requestCursor } from '../../../../shared/pipeline/census/census-state';
import { followChanges } from '../../../../shared/pipeline/intake/follow-changes';
import { readRounds } from '../../../../shared/pipeline/intake/delta-round';
import { groupPositionRow } from '../../../../shared/pipeline/intake/groups/group-position';
import { walkGroupDelta } from '../../../../shared/pipeline/intake/groups/walk-group-delta';
import type { Services } from '../../../../shared/pipeline/services';
import { came, groupId, makeScriptedGroups, sales, went } from '../../../support/graph/scripted-groups';
import { refusal } from '../../../support/pipeline-world';
import { userId as user } from '../../../support/user-states';

const hour = 3_600_000;
const inner = groupId(2);

let t: ReturnType<typeof makeScriptedGroups>;
beforeEach(async () => {
  t = makeScriptedGroups();
  await t.round();
});
const census = () => t.cursors.rows.get(requestCursor);

describe('a round of following groups', () => {
  it('is told again after a crash between its looks and its position', async () => {
    const { cursors } = t;
    const crash = new Error('the process ends');
    t.services = {
      ...t.services,
      cursors: {
        ...cursors,
        commit: async (name, from, value) => {
          if (name === groupPositionRow) throw crash;
          return cursors.commit(name, from, value);
        },
      },
    };
    t.world.pages = [[t.changed(sales, came(user(1)))]];

    await expect(walkGroupDelta(t.services, t.task)).rejects.toBe(crash);
    const before = t.looked();

    expect(before).toEqual([user(1)]);
    expect(await t.round([t.changed(sales, came(user(1)))])).toEqual([user(1)]);
    expect(await t.round()).toEqual([]);
  });

  it('goes on with the page it was at', async () => {
    let calls = 0;
    t.world.fail = () => (++calls === 2 ? refusal('unavailable', 503) : undefined);
    const pages = [[t.changed(sales, came(user(1)))], [t.changed(sales, came(user(2)))]];

    await expect(t.round(...pages)).rejects.toBeInstanceOf(GraphError);
    expect(t.looked()).toEqual([user(1)]);

    expect(await t.round(...pages)).toEqual([user(2)]);
  });

  it('stops where another instance has moved the position', async () => {
    const { cursors } = t;
    t.services = {
      ...t.services,
      cursors: {
        ...cursors,
        commit: async (name, from, value) => {
          if (name === groupPositionRow) throw new ConcurrencyError('cursor');
          return cursors.commit(name, from, value);
        },
      },
    };

    await expect(walkGroupDelta(t.services, t.task)).rejects.toBeInstanceOf(ConcurrencyError);
    expect((await readRounds(t.cursors)).groups).toMatchObject({ failingSince: null });
  });

  it('takes rows in whatever order they come: of a group before it is known to be nested, pages apart', async () => {
    t.world.inside.set(inner, [user(2)]);

    const looked = await t.round(
      [t.changed(inner, went(user(1)), came(user(2)))],
      [],
      [t.changed(sales, came(inner, 'group'))],
    );

    expect(new Set(looked)).toEqual(new Set([user(1), user(2)]));
  });

  it('ends where groups are in one another', async () => {
    t.world.inside.set(inner, [user(1)]);
    t.world.nested.set(inner, [sales, inner]);

    expect(
      await t.round([t.changed(sales, came(inner, 'group')), t.changed(inner, came(sales, 'group'))]),
    ).toContain(user(1));
  });
});

describe('the tree of nested groups', () => {
  it('is read anew every hour, and who is in what was not told is looked at', async () => {
    t.world.nested.set(sales, [inner]);
    t.world.inside.set(inner, [user(7)]);

    const early = await t.round();
    t.advance(hour + 1);
    const late = await t.round();
    t.advance(hour + 1);

    expect([early, late, await t.round()]).toEqual([[], [user(7)], []]);
  });

  it('forgets a group some hours after it went', async () => {
    await t.round([t.changed(sales, came(inner, 'group'))]);
    await t.round([t.changed(sales, went(inner, 'group'))]);
    t.advance(hour + 1);
    const soon = await t.round([t.changed(inner, went(user(1)))]);
    t.advance(2 * hour + 1);
    await t.round();

    expect(soon).toEqual([user(1)]);
    expect(await t.round([t.changed(inner, went(user(1)))])).toEqual([]);
  });

  it('is read at once when its row is damaged', async () => {
    t.world.nested.set(sales, [inner]);
    t.cursors.rows.set('groups-nested', { etag: 'x', value: '{"groups":[["?",1]]}', updatedAt: 0 });
    t.world.inside.set(inner, [user(7)]);

    expect(await t.round([t.changed(inner, came(user(3)))])).toEqual(
      expect.arrayContaining([user(3), user(7)]),
    );
  });
});

describe('groups that are named anew', () => {
  it('are looked into when the policies are the same: a name has got a meaning', async () => {
    t.world.inside.set(inner, [user(4)]);
    t.world.roots = [sales, inner];

    expect(await t.round()).toEqual([user(4)]);
    expect(await t.round()).toEqual([]);
  });

  it('are the activation’s to look into when a policy is new', async () => {
    t.world.inside.set(inner, [user(4)]);
    t.world.roots = [sales, inner];
    t.world.policies = ['a', 'b'];

    expect(await t.round()).toEqual([]);
    expect(await t.round([t.changed(inner, came(user(5)))])).toEqual([user(5)]);
  });

  it('begin from now on when no policy named any for a while', async () => {
    t.world.policies = [];
    const unused = await t.round([t.changed(sales, came(user(1)))]);
    const before = t.world.followed.length;
    await t.round([t.changed(sales, came(user(1)))]);

    expect(unused).toEqual([]);
    expect(t.world.followed).toHaveLength(before);
    expect((await readRounds(t.cursors)).groups).toMatchObject({ isUsed: false });
    t.world.policies = ['a'];
    expect(await t.round()).toEqual([]);
    expect(await t.round([t.changed(sales, came(user(2)))])).toEqual([user(2)]);
    expect(census()).toBeUndefined();
  });
});

describe('a position that is lost to us', () => {
  it.each(['', '{"link":7}'])('as %p has a census compare everybody', async (value) => {
    t.cursors.rows.set(groupPositionRow, { etag: 'x', value, updatedAt: 0 });

    await t.round();

    expect(census()?.value).toContain('groups-delta');
    expect(await t.round([t.changed(sales, came(user(1)))])).toEqual([user(1)]);
  });
});

describe('rounds that fail', () => {
  beforeEach(() => {
    t.world.fail = () => refusal('unavailable', 503);
  });

  it('are what doctor sees, until one works', async () => {
    await expect(t.round()).rejects.toBeInstanceOf(GraphError);
    const early = await checkGroupPosition(t.services);
    t.advance(60_000);
    await expect(t.round()).rejects.toBeInstanceOf(GraphError);
    const late = await checkGroupPosition(t.services);
    t.world.fail = undefined;
    await t.round();

    expect(early).toMatchObject([{ state: 'ok' }]);
    expect(late).toMatchObject([{ state: 'fail', text: expect.stringContaining('refused: unavailable') }]);
    expect(await checkGroupPosition(t.services)).toMatchObject([{ state: 'ok' }]);
  });

  it('do not keep users from being followed, nor the other way round', async () => {
    const usersFail = {
      ...t.services,
      directory: {
        ...t.services.directory,
        deltaFromNow: async () => {
          throw refusal('unavailable', 503);
        },
      },
    };
    t.world.fail = undefined;
    t.world.pages = [[t.changed(sales, came(user(1)))]];

    await expect(followChanges(usersFail as unknown as Services, t.task)).rejects.toBeInstanceOf(GraphError);
    expect(t.looked()).toEqual([user(1)]);

    t.world.fail = () => refusal('unavailable', 503);
    const groupsFail = {
      ...t.services,
      directory: { ...t.services.directory, deltaFromNow: async () => 'users@1' },
    };
    await expect(followChanges(groupsFail as unknown as Services, t.task)).rejects.toBeInstanceOf(GraphError);
    expect(t.cursors.rows.get('users-delta')?.value).toContain('users@1');
  });

  it('an app whose rounds do not run is seen by doctor', async () => {
    t.advance(2 * hour);

    expect(await checkGroupPosition(t.services)).toMatchObject([{ state: 'fail' }]);
  });
});
