import { beforeEach, describe, expect, it } from '@jest/globals';
import { overrideMembers } from '../../../../shared/kernel/override-members';
import { checkLeaver, findLeaver, forgetUser } from '../../../../shared/ops/users/forget-user';
import { undoUser } from '../../../../shared/ops/exceptions/undo-user';
import { routes } from '../../../../shared/ops-api/routes/all-routes';
import { makeTableWorld } from '../../../support/memory/table-world';
import { userId, userState } from '../../../support/user-states';

const day = 86_400_000;
const operator = { by: 'approver', why: 'request for erasure' };
const leaver = userId(7);
const gone = { code: 'user/gone', text: 'Graph reports that this user was deleted.' } as const;

let world: ReturnType<typeof makeTableWorld>;
let isThere = false;
const services = () => ({
  ...world.services(),
  directory: {
    ...world.pipeline.directory,
    findUser: async () => (isThere ? ({ user: { id: leaver, properties: {} } } as never) : undefined),
  },
});
const forget = (name: string) => forgetUser(services(), name, operator);

beforeEach(async () => {
  world = makeTableWorld();
  isThere = false;
  const { users } = world.stores;
  await users.commit(await users.read(leaver), {
    state: userState({
      outcome: 'outOfScope',
      reasons: [gone],
      missingSince: 1,
      userPrincipalName: 'Ann.Bakker@contoso.com',
      displayName: 'Ann Bakker',
    }),
    timeline: [{ version: 1, step: 'seen', at: 1, text: 'seen', facts: {} }],
  });
});

describe('forgetting a user by command', () => {
  it.each([leaver, leaver.toUpperCase(), 'ann.bakker@CONTOSO.com'])(
    'finds who has left by %s, and records by the id alone what was deleted',
    async (name) => {
      const done = await forget(name);

      expect(done).toEqual({ userId: leaver, rows: { users: 2 }, texts: 0 });
      expect(world.tables.rows('users')).toEqual([]);
      const entries = [];
      for await (const entry of world.stores.audit.list()) entries.push(entry);
      expect(entries).toEqual([
        expect.objectContaining({
          action: 'user/forget',
          subject: leaver,
          by: 'approver',
          why: 'request for erasure',
          facts: { rows: { users: 2 }, texts: 0 },
        }),
      ]);
      expect(JSON.stringify(entries)).not.toMatch(/bakker/i);
    },
  );

  it('deletes nothing of a user who is in the directory', async () => {
    isThere = true;

    await expect(forget(leaver)).rejects.toMatchObject({ code: 'ops/user-there' });
    expect(world.tables.rows('users')).toHaveLength(2);
  });

  it('deletes nothing while it is not sure that the user has left', async () => {
    const record = await world.stores.users.read(leaver);
    await world.stores.users.commit(record, {
      state: userState({ outcome: 'licensed', missingSince: world.now() }),
    });

    await expect(forget(leaver)).rejects.toMatchObject({ code: 'ops/user-not-gone' });
    expect(world.tables.rows('users')).toHaveLength(2);
  });

  it.each(['no-such-user@contoso.com', userId(99)])('says at once that there is no user %s', async (name) => {
    await expect(findLeaver(services(), name)).rejects.toMatchObject({ code: 'ops/unknown-user' });
  });

  it('is done when it is begun anew after everything was deleted, and leaves no name in the audit', async () => {
    await forget('ann.bakker@contoso.com');

    expect(await forget('ann.bakker@contoso.com')).toEqual({ userId: null, rows: {}, texts: 0 });
    for await (const entry of world.stores.audit.list()) expect(JSON.stringify(entry)).not.toMatch(/bakker/i);
  });

  it('finds the one who has left of two who bore the address', async () => {
    const { users } = world.stores;
    for (const id of [userId(1), userId(8)]) {
      const state = userState({ outcome: 'licensed', userPrincipalName: 'ann.bakker@contoso.com' });
      await users.commit(await users.read(id), { state, timeline: [] });
    }

    expect(await forget('ann.bakker@contoso.com')).toMatchObject({ userId: leaver });
  });

  it('reads no table as a whole within the request, and refuses at once who is there', async () => {
    const list = () => {
      throw new Error('the table is read as a whole');
    };
    const { users } = world.stores;
    const within = () => ({ directory: services().directory, users: overrideMembers(users, { list }) });

    await checkLeaver(within(), 'ann.bakker@contoso.com');
    await expect(checkLeaver(within(), userId(99))).rejects.toMatchObject({ code: 'ops/unknown-user' });
    isThere = true;
    for (const name of ['ann.bakker@contoso.com', leaver])
      await expect(checkLeaver(within(), name)).rejects.toMatchObject({ code: 'ops/user-there' });
  });

  it('takes an Approver and a reason', () => {
    const route = routes.find(({ id }) => id === 'forgetUser');

    expect(route).toMatchObject({ role: 'Approver', method: 'post', action: 'user/forget' });
    expect(route?.input.safeParse({ user: leaver }).success).toBe(false);
    expect(route?.input.safeParse({ user: leaver, why: 'request' }).success).toBe(true);
  });
});

it('undo refuses a time of which the timeline is not kept', async () => {
  world.advance(100 * day);
  const to = world.now() - 91 * day;

  await expect(undoUser(services(), { user: leaver, to, until: null }, operator)).rejects.toMatchObject({
    code: 'ops/undo-forgotten',
  });
});
