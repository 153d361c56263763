import { beforeEach, describe, expect, it } from '@jest/globals';
import { collect } from '../../../../shared/kernel/concurrently';
import type { UserId } from '../../../../shared/kernel/ids';
import { overrideMembers } from '../../../../shared/kernel/override-members';
import { TablePersonalRows, personalTables } from '../../../../shared/store/tables/rows/table-personal-rows';
import {
  derivedTables,
  setAsideTable,
  tableShapes,
} from '../../../../shared/store/tables/rows/table-stored-rows';
import { broken, fill, other } from '../../../support/memory/filled-tables';
import { makeTableWorld } from '../../../support/memory/table-world';
import { ems } from '../../../support/pipeline-world';
import { ledgerEntry, userId, userState } from '../../../support/user-states';
import type { AuditEntry } from '../../../../shared/words/audit-entry';

const names = ['Ann.Bakker@contoso.com', 'Ann Bakker'];

let world: ReturnType<typeof makeTableWorld>;
beforeEach(async () => {
  world = makeTableWorld();
  await fill(world);
  const { stores } = world;
  const now = world.now();
  const reason = { code: 'due', text: 'It is due' } as const;
  await stores.failures.record(
    { subject: broken, class: 'conflict', reason, suggestedRepair: 'x', facts: {} },
    now,
  );
  await stores.rows.setAside({ table: 'waiting', partitionKey: ems, rowKey: broken }, now, true);
  await stores.users.commit(await stores.users.read(broken), {
    state: userState({ outcome: 'licensed', userPrincipalName: names[0] ?? '' }),
    timeline: [{ version: 1, step: 'seen', at: now, text: 'seen', facts: {} }],
  });
  await stores.audit.record({
    at: now,
    by: 'operator@contoso.com',
    action: 'user/apply',
    subject: 'ann.bakker@contoso.com',
    why: 'Ann  Bakker is new; ann bakker asked',
    facts: { users: ['ANN.BAKKER@contoso.com', 'joann.bakker@contoso.com'] },
  });
});

/** Tables with a row whose keys name the user, and how many. */
const rowsOf = (id: UserId) =>
  Object.fromEntries(
    world.tables
      .names()
      .map((name): [string, number] => [
        name,
        world.tables
          .rows(name)
          .filter(({ partitionKey, rowKey }) => `${String(partitionKey)} ${String(rowKey)}`.includes(id))
          .length,
      ])
      .filter(([, count]) => count > 0),
  );

it('every table is either looked through for a user, or is said not to be', () => {
  const all = [...Object.keys(tableShapes), ...derivedTables, setAsideTable];

  expect(Object.keys(personalTables).sort()).toEqual(all.sort());
  expect(world.tables.names().filter((name) => !(name in personalTables))).toEqual([]);
});

const gone = {
  outcome: 'outOfScope',
  reasons: [{ code: 'user/gone', text: 'gone' }],
  missingSince: 1,
} as const;

describe('forgetting a user', () => {
  it('leaves no row of the user in any table, says how many there were, and touches no other user', async () => {
    const before = rowsOf(broken);
    const beside = rowsOf(other);
    expect(Object.keys(before).sort()).toEqual(
      Object.entries(personalTables)
        .flatMap(([table, kind]) => (kind === 'own' || kind === 'keyed' ? [table] : []))
        .sort(),
    );

    const { rows } = await world.stores.personal.forget([{ id: broken, names: [] }]);

    expect(rows).toEqual(before);
    expect(rowsOf(broken)).toEqual({});
    expect(rowsOf(other)).toEqual(beside);
    expect((await world.stores.users.read(other)).state).not.toBeNull();
    expect((await world.stores.failures.ofSubject(userId(9))).length).toBe(1);
  });

  it('keeps what people did, without the names', async () => {
    const { texts } = await world.stores.personal.forget([{ id: broken, names }]);

    expect(texts).toBe(1);
    const entries = [];
    for await (const entry of world.stores.audit.list()) entries.push(entry);
    const entry = entries.find(({ action }) => action === 'user/apply');
    expect(entry).toMatchObject({
      by: 'operator@contoso.com',
      subject: '(forgotten)',
      facts: { users: ['(forgotten)', 'joann.bakker@contoso.com'] },
    });
    expect(entry?.why).toBe('(forgotten) is new; (forgotten) asked');
    expect(entries.length).toBe(world.tables.rows('audit').length);
  });

  it('keeps longer names and addresses that the name is a part of', async () => {
    const facts = {
      users: ['j.ann.bakker@contoso.com', 'joe+ann.bakker@contoso.com', 'Mary-Ann Bakker', 'ann bakker-smit'],
      mails: ['ann.bakker@contoso.com.example', 'ann.bakker@contoso.community'],
    };
    const entry = { at: 1, by: 'x', action: 'user/apply', subject: 'x', why: null, facts };
    const key = await world.stores.audit.record(entry);

    await world.stores.personal.forget([{ id: broken, names }]);

    const entries = await collect(world.stores.audit.list());
    expect(entries.find((one) => one.key === key)?.facts).toEqual(facts);
  });

  describe('the name of another', () => {
    const [address = '', name = ''] = names;
    const entry = { action: 'user/apply', subject: 'x', why: null, facts: {} };
    /** The entry as it is after the user was forgotten. */
    const after = async (change: Partial<AuditEntry>, own: readonly string[] = names) => {
      const key = await world.stores.audit.record({ at: world.now(), by: 'x', ...entry, ...change });
      await world.stores.personal.forget([{ id: broken, names: own, missingSince: world.now() + 10 }]);
      for await (const one of world.stores.audit.list()) if (one.key === key) return one;
      return undefined;
    };

    /** Another user, who has this address and this name. */
    const store = async (id: UserId, changes: Parameters<typeof userState>[0]) => {
      const { users } = world.stores;
      const state = userState({
        outcome: 'licensed',
        displayName: name,
        userPrincipalName: address,
        ...changes,
      });
      await users.commit(await users.read(id), { state, timeline: [] });
    };

    it.each([
      ['has not left', {}],
      ['has left, too', { outcome: 'outOfScope', reasons: [{ code: 'user/gone', text: 'gone' }] }],
    ] as const)(
      'stays in what was done since the user left where a user bore it who %s',
      async (_, changes) => {
        await store(other, changes);
        const later = {
          at: world.now() + 10,
          by: address,
          byId: other,
          why: `${name} asks`,
          subject: address,
        };

        expect(await after(later)).toMatchObject(later);
      },
    );

    it('goes also later where no other user bore it', async () => {
      const later = { at: world.now() + 10, by: 'x@contoso.com', why: `${name} asks`, subject: address };

      expect(await after(later)).toMatchObject({
        ...later,
        why: '(forgotten) asks',
        subject: '(forgotten)',
      });
    });

    it.each([
      ['İnci Yılmaz', 'İnci Yılmaz and inci yılmaz'],
      ['Ali İnan', 'Ali İnan and ALİ İNAN'],
      ['Ali İnan', 'ali inan and ali i\u0307nan'],
      ['I\u0307nci Ak', 'İnci Ak and I\u0307nci  Ak'],
    ])('is the user’s own, and goes, where it has the letter İ: %s', async (written, why) => {
      expect(await after({ why }, [written])).toMatchObject({ why: '(forgotten) and (forgotten)' });
    });

    it('with the letter İ stays where another user writes it without the dot, or as two characters', async () => {
      for (const displayName of ['inci ak', 'I\u0307nci Ak']) {
        await store(other, { displayName });

        expect(await after({ why: 'for İnci Ak' }, ['İnci Ak'])).toMatchObject({ why: 'for İnci Ak' });
      }
    });

    it('goes also later where the entry tells the id of the one who left', async () => {
      const later = { at: world.now() + 20, subject: broken, why: `for ${name}` };

      expect(await after(later)).toMatchObject({ subject: broken, why: 'for (forgotten)' });
    });

    it('stays as who did something, unless the id says who that was', async () => {
      expect(await after({ by: address, byId: other, why: address })).toMatchObject({
        by: address,
        why: '(forgotten)',
      });
      expect(await after({ by: address })).toMatchObject({ by: address });
      expect(await after({ by: address, byId: broken })).toMatchObject({ by: '(forgotten)', byId: broken });
    });

    it('stays where a user bears it who has not left', async () => {
      const { users } = world.stores;
      const state = userState({ outcome: 'licensed', displayName: 'ann bakker', userPrincipalName: 'a@b.c' });
      await users.commit(await users.read(other), { state, timeline: [] });

      expect(await after({ subject: address, why: name })).toMatchObject({
        subject: '(forgotten)',
        why: name,
      });
    });

    it('stays as the name of a property, and within a longer name', async () => {
      const facts = { [address]: name, more: `Joann Bakker, ${name}-Smit, ${name}.` };

      expect((await after({ facts }))?.facts).toEqual({
        [address]: '(forgotten)',
        more: `Joann Bakker, ${name}-Smit, (forgotten).`,
      });
    });
  });

  it('reads each table once for all, and leaves users to the next call when the time is over', async () => {
    const { clock } = world.pipeline;
    const { users } = world.stores;
    const ids = Array.from({ length: 120 }, (_, index) => userId(1_000 + index));
    for (const id of ids) await users.commit(await users.read(id), { state: userState(gone), timeline: [] });
    const access = world.tables.access({ clock, random: () => 0.5, logger: world.logger });
    const whole: string[] = [];
    const personal = new TablePersonalRows((table) =>
      overrideMembers(access(table), {
        query: (...given: Parameters<ReturnType<typeof access>['query']>) => {
          if (given[0] === '') whole.push(table);
          return access(table).query(...given);
        },
      }),
    );

    const done = await personal.forget(
      ids.map((id) => ({ id, names: [] })),
      () => true,
    );

    expect(done).toMatchObject({ users: 50, rows: { users: 50 } });
    expect(new Set(whole).size).toBe(whole.length);
    const left: UserId[] = [];
    for (let part = 0; part < 16; part++)
      for await (const { id } of personal.leavers(part, world.now())) left.push(id);
    expect(left.sort()).toEqual(ids.slice(50).sort());
  });

  it('keeps what is stored of a user who came back since leavers were listed', async () => {
    const { users } = world.stores;
    const ids = [1, 2, 3].map((index) => userId(1_000 + index));
    for (const id of ids)
      await users.commit(await users.read(id), {
        state: userState(gone),
        ledger: [ledgerEntry(ems)],
        timeline: [],
      });
    const listed = ids.map((id) => ({ id, names: [], missingSince: 1 }));
    const [, back = broken, again = broken] = ids;
    const state = userState({ outcome: 'licensed', missingSince: null });
    await users.commit(await users.read(back), { state, ledger: [ledgerEntry(ems)], timeline: [] });
    const left = userState({ ...gone, missingSince: world.now() });
    await users.commit(await users.read(again), { state: left, ledger: [ledgerEntry(ems)], timeline: [] });

    const done = await world.stores.personal.forget(listed);

    expect(done.users).toBe(1);
    const rows = await Promise.all(ids.map((id) => users.read(id)));
    expect(rows.map(({ ledger }) => ledger.length)).toEqual([0, 1, 1]);
  });

  it('counts nothing the second time', async () => {
    await world.stores.personal.forget([{ id: broken, names }]);

    expect(await world.stores.personal.forget([{ id: broken, names }])).toEqual({
      ...{ users: 1, rows: {}, texts: 0 },
    });
  });

  it('goes on when another process deletes a row meanwhile, and counts its own alone', async () => {
    const { clock } = world.pipeline;
    const access = world.tables.access({ clock, random: () => 0.5, logger: world.logger });
    const own = world.tables.rows('users').filter(({ partitionKey }) => partitionKey === broken);
    let raced = 0;
    const personal = new TablePersonalRows((name) => {
      const table = access(name);
      return overrideMembers(table, {
        submit: async (actions: Parameters<typeof table.submit>[0]) => {
          const [first] = actions;
          // Between the reading of the keys and the deleting.
          if (name === 'users' && raced++ === 0 && first !== undefined)
            world.tables.delete('users', first[1]);
          return table.submit(actions);
        },
      });
    });

    const { rows } = await personal.forget([{ id: broken, names: [] }]);

    expect(rowsOf(broken)).toEqual({});
    expect(rows['users']).toBe(own.length - 1);
  });

  it('that stops half way finds the user again: the own row goes last', async () => {
    const { clock } = world.pipeline;
    const access = world.tables.access({ clock, random: () => 0.5, logger: world.logger });
    const all = Object.keys(rowsOf(broken)).length;
    for (let calls = 1; ; calls++) {
      let left = calls;
      const personal = new TablePersonalRows((name) => {
        const table = access(name);
        return overrideMembers(table, {
          submit: async (actions: Parameters<typeof table.submit>[0]) => {
            if (actions.length > 0 && left-- === 0) throw new Error('the process is killed');
            return table.submit(actions);
          },
        });
      });
      const done = await personal.forget([{ id: broken, names: [] }]).then(
        () => true,
        () => false,
      );
      const state = world.tables
        .rows('users')
        .some(({ partitionKey, rowKey }) => partitionKey === broken && rowKey === 'state');
      // Either all is gone, or the row by which the user is found is there.
      expect(state || Object.keys(rowsOf(broken)).length === 0).toBe(true);
      if (done) break;
      expect(calls).toBeLessThan(all * 3);
    }
  });
});
