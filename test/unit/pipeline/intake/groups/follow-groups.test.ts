import { beforeEach, describe, expect, it } from '@jest/globals';
import { doDueWork } from '../../../../../shared/pipeline/due/do-due-work';
import { silentLogger } from '../../../../../shared/kernel/logger';
import { timing } from '../../../../../shared/kernel/timing';
import { followGroups } from '../../../../../shared/pipeline/intake/follow-changes';
import type { Services } from '../../../../../shared/pipeline/services';
import { readOperatorRequest } from '../../../../../shared/queue/operator-requests';
import { came, makeScriptedGroups, sales } from '../../../../support/graph/scripted-groups';
import { makeTableWorld } from '../../../../support/memory/table-world';
import { userId as user } from '../../../../support/user-states';

let t: ReturnType<typeof makeScriptedGroups>;
beforeEach(async () => {
  t = makeScriptedGroups();
  await t.round();
});

it('a message that a notification has sent has groups followed', async () => {
  t.world.pages = [[t.changed(sales, came(user(1)))]];
  const request = readOperatorRequest({ v: 1, request: { work: 'group-changes', holder: 'id' } });
  if (request?.work === undefined) throw new Error('The message is not read as work');

  await doDueWork(
    { ...t.services, leases: { take: async () => true, release: async () => undefined } },
    t.task,
    request,
  );

  // Told by a change of the group: that no notification about users came is no gap.
  expect(t.sent).toMatchObject([{ hint: { user: { id: user(1) }, source: 'delta', group: true } }]);
});

it('a change that comes while a walk is under way is found by the call, though that walk has read its page', async () => {
  let goOn = () => undefined as void;
  let reads = 0;
  const { directory } = t.services;
  const services: Services = {
    ...t.services,
    directory: {
      ...directory,
      groupDeltaPage: async (...given) => {
        const page = await directory.groupDeltaPage(...given);
        // The first answer is on its way while the group changes.
        if (++reads === 1) await new Promise<void>((resolve) => (goOn = resolve));
        return page;
      },
    },
  };
  const timer = followGroups(services, t.task);
  while (reads === 0) await new Promise((resolve) => setImmediate(resolve));
  t.world.pages = [[t.changed(sales, came(user(1)))]];

  const called = [followGroups(services, t.task), followGroups(services, t.task)];
  goOn();
  await Promise.all([timer, ...called]);

  expect(t.looked()).toEqual([user(1)]);
  // The two calls came at the same time, and share a walk.
  expect(reads).toBe(2);
});

it('a walk that fails says why, also where the tables do not take back its lease', async () => {
  const warned: string[] = [];
  const services: Services = {
    ...t.services,
    leases: { take: async () => true, release: () => Promise.reject(new Error('The tables are away')) },
    directory: { ...t.services.directory, groupDeltaPage: () => Promise.reject(new Error('Graph is away')) },
  };
  const task = {
    ...t.task,
    logger: { ...silentLogger, warn: (message: string) => void warned.push(message) },
  };

  await expect(followGroups(services, task)).rejects.toThrow('Graph is away');
  expect(warned).toEqual(['A lease could not be given back; it ends by itself']);
});

describe('several processes that are to follow groups at the same time', () => {
  /** A process of its own: its memory is not the others'. */
  const makeProcess = (leases: Services['leases'], id: string): Services => ({
    ...t.services,
    cursors: { ...t.cursors },
    leases,
    newId: () => id,
  });
  const pages = () => {
    t.world.pages = [[t.changed(sales, ...Array.from({ length: 60 }, (_, index) => came(user(index + 1))))]];
  };

  it('send the looks of a page once', async () => {
    const leases = makeTableWorld().stores.leases;
    pages();

    await Promise.all(['a', 'b', 'c', 'd'].map((id) => followGroups(makeProcess(leases, id), t.task)));

    expect(t.looked()).toHaveLength(60);
  });

  it('miss nothing when the one that does it dies: another goes on after 15 s', async () => {
    const world = makeTableWorld();
    const { leases } = world.stores;
    await leases.take('group-walk', 'a process that dies', timing.intake.groupWalk.ms);
    pages();

    await followGroups(makeProcess(leases, 'b'), t.task);
    expect(t.looked()).toEqual([]);
    world.advance(timing.intake.groupWalk.ms);
    await followGroups(makeProcess(leases, 'c'), t.task);

    expect(t.looked()).toHaveLength(60);
    expect(await leases.take('group-walk', 'd', 1)).toBe(true);
  });
});
