import { beforeEach, expect, it } from '@jest/globals';
import { doDueWork } from '../../../../../shared/pipeline/due/do-due-work';
import { followGroups } from '../../../../../shared/pipeline/intake/follow-changes';
import type { Services } from '../../../../../shared/pipeline/services';
import { readOperatorRequest } from '../../../../../shared/queue/operator-requests';
import { came, makeScriptedGroups, sales } from '../../../../support/graph/scripted-groups';
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

  expect(t.looked()).toEqual([user(1)]);
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
