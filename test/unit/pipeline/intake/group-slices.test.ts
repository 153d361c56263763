import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Directory } from '../../../../shared/graph/directory';
import { toUserId } from '../../../../shared/kernel/ids';
import type { GroupId } from '../../../../shared/kernel/ids';
import { timing } from '../../../../shared/kernel/timing';
import { requestCursor } from '../../../../shared/pipeline/census/census-state';
import { readRounds } from '../../../../shared/pipeline/intake/delta-round';
import { followChanges } from '../../../../shared/pipeline/intake/follow-changes';
import { groupPositionRow } from '../../../../shared/pipeline/intake/groups/group-position';
import { walkGroupDelta } from '../../../../shared/pipeline/intake/groups/walk-group-delta';
import type { Services } from '../../../../shared/pipeline/services';
import { ManualClock } from '../../../support/manual-clock';
import { came, groupId, makeScriptedGroups, sales } from '../../../support/graph/scripted-groups';
import { makeRecordingLogger } from '../../../support/recording-logger';
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
const withDirectory = (directory: Partial<Directory>): Services => ({
  ...t.services,
  directory: { ...t.services.directory, ...directory },
});

/** One run, and how long it took on the test's clock. */
async function run(services: Services, pages: typeof t.world.pages = []) {
  t.world.pages = pages;
  const started = t.now();
  await walkGroupDelta(services, t.task);
  return { looked: t.looked(), took: t.now() - started };
}

describe('the time of one run', () => {
  it('ends while many named groups are read, which goes on in the next ones, each read once', async () => {
    const read: GroupId[] = [];
    const services = withDirectory({
      nestedGroups: async function* (id) {
        await t.services.clock.sleep(200);
        read.push(id);
        yield [];
      },
    });
    t.world.roots = Array.from({ length: 100 }, (_, index) => groupId(index + 1));
    t.world.policies = ['b'];
    const pages = [[t.changed(groupId(100), came(user(1)))]];

    const runs = [];
    for (let count = 0; count < 4; count++) runs.push(await run(services, pages));

    expect(Math.max(...runs.map(({ took }) => took))).toBeLessThan(timing.intake.groupSlice.ms + 2_000);
    // The first one is in the tree for less than an hour.
    expect([...read].sort()).toEqual(t.world.roots.slice(1));
    expect(runs.map(({ looked }) => looked)).toEqual([[], [], [], [user(1)]]);
  });

  it('ends while a large group is opened, which goes on at its next page', async () => {
    const asked: (string | undefined)[] = [];
    const services = withDirectory({
      groupContents: async (id, link) => {
        await t.services.clock.sleep(1_000);
        asked.push(link);
        const page = Number(link ?? 0) + 1;
        return {
          users: [toUserId(user(page))],
          groups: [],
          ...(page < 12 ? { nextLink: String(page) } : {}),
        };
      },
    });
    const pages = [[t.changed(sales, came(inner, 'group'))]];

    const first = await run(services, pages);
    const second = await run(services);
    const unfinished = await readRounds(t.cursors);
    const third = await run(services, [[t.changed(inner, came(user(99)))]]);

    expect([first.looked.length, second.looked.length]).toEqual([5, 5]);
    expect(third.looked).toEqual([user(11), user(12), user(99)]);
    expect(asked).toEqual([undefined, ...Array.from({ length: 11 }, (_, index) => String(index + 1))]);
    expect(unfinished.groups.workedAt).toBeLessThan(t.now() - 5_000);
    expect(census()).toBeUndefined();
  });

  it('is not waited for longer than 10 s where a request hangs: users are followed in their next round', async () => {
    let rounds = 0;
    let walks = 0;
    const hanging = withDirectory({
      deltaFromNow: async () => {
        rounds += 1;
        throw refusal('unavailable', 503);
      },
      groupDeltaPage: async () => {
        walks += 1;
        return new Promise(() => undefined);
      },
    });
    const clock = new ManualClock();
    for (let count = 0; count < 2; count++) {
      const round = followChanges(hanging, t.task, clock).catch(() => 'users refused');
      for (let turn = 0; clock.sleeping === 0 && turn < 10_000; turn++) await Promise.resolve();
      expect(clock.sleeping).toBe(1);
      clock.advance(timing.intake.groupWait.ms);
      expect(await round).toBe('users refused');
    }

    expect([rounds, walks]).toEqual([2, 1]);
  });
});

describe('a group that cannot be read', () => {
  const [ill, well] = [groupId(3), groupId(4)];
  beforeEach(() => {
    t.world.inside.set(well, [user(4)]);
  });

  it.each([
    ['is not listed yet', async () => null],
    ['is refused', async () => Promise.reject(refusal('unknown', 400))],
  ])(
    'since it %s is tried in three runs, and then a census compares everybody; others go on',
    async (_why, fail) => {
      const { directory } = t.services;
      let tries = 0;
      const services = withDirectory({
        groupContents: async (id, link) => {
          if (id !== ill) return directory.groupContents(id, link);
          tries += 1;
          return fail();
        },
      });
      const pages = [[t.changed(sales, came(ill, 'group'), came(well, 'group'), came(user(1)))]];

      const first = await run(services, pages);
      const second = await run(services, [[t.changed(sales, came(user(2)))]]);
      const early = census();
      await run(services);
      await run(services);

      expect([first.looked, second.looked]).toEqual([[user(1), user(4)], [user(2)]]);
      expect(early).toBeUndefined();
      expect(tries).toBe(3);
      expect(census()?.value).toContain('groups-delta');
    },
  );

  it('is looked into once Graph lists it', async () => {
    const { directory } = t.services;
    let isListed = false;
    const services = withDirectory({
      groupContents: async (id, link) => (isListed ? directory.groupContents(id, link) : null),
    });

    const first = await run(services, [[t.changed(sales, came(well, 'group'))]]);
    isListed = true;

    expect([first.looked, (await run(services)).looked]).toEqual([[], [user(4)]]);
    expect(census()).toBeUndefined();
  });

  it('keeps no named group from being read, and nothing is forgotten meanwhile', async () => {
    await run(t.services, [[t.changed(sales, came(inner, 'group'))]]);
    t.world.inside.set(inner, []);
    const services = withDirectory({
      // eslint-disable-next-line require-yield -- it is refused
      nestedGroups: async function* () {
        throw refusal('unavailable', 500);
      },
    });
    for (let hours = 0; hours < 4; hours++) {
      t.advance(hour + 1);
      await run(services);
    }

    expect((await run(services, [[t.changed(inner, came(user(5)))]])).looked).toEqual([user(5)]);
  });
});

describe('more nested groups than the row holds', () => {
  it('are left out and told, not opened every hour', async () => {
    const many = Array.from({ length: 8_010 }, (_, index) => groupId(index + 10));
    let opened = 0;
    const services = withDirectory({
      groupContents: async () => {
        opened += 1;
        return { users: [], groups: [] };
      },
    });
    t.world.policies = ['b'];
    t.world.nested.set(sales, many);
    t.advance(hour + 1);
    await run(services);
    const atFirst = opened;
    t.advance(hour + 1);
    const logger = makeRecordingLogger();
    await walkGroupDelta(services, { ...t.task, logger });

    expect([atFirst, opened]).toEqual([0, 0]);
    expect(logger.lines.some(({ level, fields }) => level === 'error' && fields?.['leftOut'] === 11)).toBe(
      true,
    );
  });
});

describe('who joins a group', () => {
  it('is no crowd because a group was opened in the same run', async () => {
    t.world.inside.set(
      inner,
      Array.from({ length: 60 }, (_, index) => user(index + 100)),
    );
    t.world.pages = [[t.changed(sales, came(inner, 'group'))], [t.changed(sales, came(user(1)))]];
    await walkGroupDelta(t.services, t.task);

    const hints = t.sent.flatMap((one) => (one.kind === 'hint' ? [one.hint] : []));
    expect(hints.filter(({ crowd }) => crowd !== true).map(({ user: { id } }) => id)).toEqual([user(1)]);
  });
});

describe('a lost position', () => {
  it('asks for no census while there is no new one', async () => {
    t.cursors.rows.set(groupPositionRow, { etag: 'x', value: '', updatedAt: 0 });
    const services = withDirectory({
      groupDeltaFromNow: async () => Promise.reject(refusal('unavailable', 503)),
    });

    await expect(walkGroupDelta(services, t.task)).rejects.toMatchObject({ class: 'unavailable' });

    expect(census()).toBeUndefined();
  });
});

describe('a policy', () => {
  it('that names groups for the first time has the link taken before its names are read', async () => {
    t.cursors.rows.delete(groupPositionRow);
    const order: string[] = [];
    const { directory } = t.services;
    const services: Services = {
      ...withDirectory({
        groupDeltaFromNow: async () => {
          order.push('link');
          return directory.groupDeltaFromNow();
        },
      }),
      catalogue: {
        ...t.services.catalogue,
        groups: async (policy) => {
          order.push('names');
          return t.services.catalogue.groups(policy);
        },
      },
    };

    await walkGroupDelta(services, t.task);

    expect(order).toEqual(['link', 'names']);
  });

  it('that cannot be read writes nothing of groups', async () => {
    t.cursors.rows.clear();
    const services: Services = {
      ...t.services,
      policy: { ...t.services.policy, all: async () => Promise.reject(new Error('the tables are away')) },
    };

    await expect(walkGroupDelta(services, t.task)).rejects.toThrow('away');

    expect((await readRounds(t.cursors)).groups.isUsed).toBe(false);
  });

  it('with 2,000 names has them read every 10 minutes', async () => {
    const asked: (number | undefined)[] = [];
    const [one] = await t.services.policy.all();
    const [rule] = one?.rules ?? [];
    const memberOf = Array.from({ length: 2_000 }, (_, index) => `SG-${String(index)}`);
    const services: Services = {
      ...t.services,
      policy: {
        ...t.services.policy,
        all: async () => (one && rule ? [{ ...one, rules: [{ ...rule, memberOf }] }] : []),
      },
      catalogue: {
        ...t.services.catalogue,
        groups: async (policy, signal, maxAgeMs) => {
          asked.push(maxAgeMs);
          return t.services.catalogue.groups(policy, signal, maxAgeMs);
        },
      },
    };

    await walkGroupDelta(services, t.task);

    expect(asked).toEqual([600_000]);
  });
});
