import { describe, expect, it } from '@jest/globals';
import { GraphError } from '../../../../shared/graph/refusals/graph-error';
import type { DirectoryUser, LicenseWrite, UserPage } from '../../../../shared/graph/directory';
import { ConcurrencyError, PermanentError } from '../../../../shared/kernel/errors';
import { toUserId } from '../../../../shared/kernel/ids';
import { seededRandom } from '../../../../shared/kernel/random';
import type { UserId } from '../../../../shared/kernel/ids';
import { applyToUser } from '../../../../shared/pipeline/handlers/apply-user';
import { handleUsableRow } from '../../../../shared/pipeline/crashes/unusable-row';
import { decideUser } from '../../../../shared/pipeline/handlers/decide-user';
import type { Services } from '../../../../shared/pipeline/services';
import { requestCensus } from '../../../../shared/pipeline/census/census-state';
import { readCensus, walkCensus } from '../../../../shared/pipeline/census/walk-census';
import type { Hint, OperationMessage } from '../../../../shared/queue/messages';
import { ems, intune, makePipelineWorld } from '../../../support/pipeline-world';
import { userId } from '../../../support/user-states';
import { quietTask } from '../../../support/quiet-task';
import type { Cursor } from '../../../../shared/store/ports/cursor-store';
import type { UserRecord } from '../../../../shared/store/ports/user-store';

type Person = { readonly department: string; readonly isGuest: boolean; licenses: LicenseWrite['add'] };

const policy = `version: 1
scope: { when: 'user.userType -eq "Member"' }
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    assign:
      - { sku: EMS, disable: [INTUNE_A] }
`;

/** A generated tenant behind the real walker and handlers; only hints, rows and cursors are kept in memory. */
function makeTenantWorld(count: number, pageSize: number, seed = 1) {
  const base = makePipelineWorld();
  base.world.policyText = policy;
  base.world.seats.enabled = 1_000_000;
  const random = seededRandom(seed);
  const people = new Map<UserId, Person>();
  for (let index = 1; index <= count; index++) {
    people.set(userId(index), {
      department: random() < 0.5 ? 'Sales' : 'Legal',
      isGuest: random() < 0.1,
      licenses: [],
    });
  }
  /** Whose rows in the list of users cannot be read. */
  const odd = new Set<UserId>();
  const rows = new Map<string, UserRecord>();
  const cursors = new Map<string, Cursor>([['users-delta', { etag: 'd', value: '{}', updatedAt: 0 }]]);
  const hints: Hint[] = [];
  const operations: OperationMessage[] = [];
  const writes: UserId[] = [];
  const calls = { pages: 0, fail: async (_page: number): Promise<void> => undefined };
  const world = { deaf: false, seats: base.world.seats };
  let etags = 0;

  const toUser = (id: UserId): DirectoryUser => {
    const person = people.get(id);
    return {
      id,
      properties: {
        userType: person?.isGuest ? 'Guest' : 'Member',
        department: person?.department ?? null,
        usageLocation: 'NL',
        userPrincipalName: null,
        displayName: null,
      },
      usageLocation: 'NL',
      assignments: (person?.licenses ?? []).map((license) => ({
        ...license,
        assignedByGroup: null,
        state: 'Active',
        error: null,
      })),
    };
  };
  const pageFrom = (from: number): UserPage => {
    const ids = [...people.keys()].slice(from, from + pageSize);
    const users = ids.filter((id) => !odd.has(id)).map(toUser);
    const page = { users, odd: ids.filter((id) => odd.has(id)) };
    return from + pageSize < people.size ? { ...page, nextLink: String(from + pageSize) } : page;
  };
  const directory = {
    userPage: async (_read: unknown, link?: string) => {
      await calls.fail(++calls.pages);
      return pageFrom(Number(link ?? 0));
    },
    listUsers: async function* (this: void) {
      yield [...people.keys()].map(toUser);
    },
    readUser: async (id: UserId) =>
      people.has(id) ? { user: toUser(id), transitiveGroups: undefined } : undefined,
    assignLicense: async (id: UserId, write: LicenseWrite) => {
      writes.push(id);
      const person = people.get(id);
      if (person) person.licenses = write.add;
      return undefined;
    },
  };
  const empty = (id: UserId): UserRecord => ({
    userId: id,
    etag: null,
    state: null,
    ledger: [],
    exception: null,
  });
  const pipeline: Services = {
    ...base.pipeline,
    directory: { ...base.pipeline.directory, ...directory },
    users: {
      read: async (id: UserId) => rows.get(id) ?? empty(id),
      commit: async (record: UserRecord, change: Partial<UserRecord>) => {
        if ((rows.get(record.userId)?.etag ?? null) !== record.etag) throw new ConcurrencyError('row');
        const next = {
          ...record,
          etag: String(++etags),
          state: change.state ?? null,
          ledger: change.ledger ?? record.ledger,
        };
        rows.set(record.userId, next);
        return next;
      },
      list: async function* () {
        for (const { userId: id, state } of rows.values()) if (state !== null) yield { userId: id, state };
      },
    } as unknown as Services['users'],
    cursors: {
      read: async (name) => cursors.get(name) ?? { etag: null, value: null, updatedAt: null },
      commit: async (name, cursor, value) => {
        if ((cursors.get(name)?.etag ?? null) !== cursor.etag) throw new ConcurrencyError('cursor');
        const next = { etag: String(++etags), value, updatedAt: 0 };
        cursors.set(name, next);
        return next;
      },
    },
    leases: { take: async () => true, release: async () => undefined },
    queues: {
      ...base.pipeline.queues,
      sendHints: async (sent, options) => {
        if (options?.scheduledAt === undefined) hints.push(...sent);
      },
      sendOperation: async (_queue, message) => {
        operations.push(message);
      },
    },
    clock: {
      now: () => base.now(),
      // While the walker waits, the queues are worked off.
      sleep: async (ms) => {
        base.advance(ms);
        if (!world.deaf) await drain();
      },
    },
    settings: { ...base.pipeline.settings, firstCensus: true },
  };
  const drain = async () => {
    for (let hint = hints.shift(); hint !== undefined; hint = hints.shift()) {
      const id = toUserId(hint.user.id);
      const delivery = { queue: 'directory-changes', messageId: `m${id}`, deliveryCount: 1 } as const;
      await handleUsableRow(
        pipeline,
        quietTask,
        () => id,
        () => decideUser(pipeline, quietTask, { v: 1, hint, trace: {} }, delivery),
      );
    }
    for (let message = operations.shift(); message !== undefined; message = operations.shift()) {
      await applyToUser(pipeline, quietTask, message, {
        queue: 'license-changes-bulk',
        messageId: 'o',
        deliveryCount: 1,
        sessionId: 'lane-00',
      });
    }
  };
  const walkToTheEnd = async () => {
    for (let runs = 0; runs < 50; runs++) {
      await walkCensus(pipeline, quietTask);
      const { state } = await readCensus(pipeline);
      if (state?.phase === 'done') return state;
    }
    throw new Error('The census does not end');
  };
  return {
    pipeline,
    people,
    odd,
    rows,
    hints,
    writes,
    calls,
    cursors,
    world,
    waiting: base.waiting,
    failures: base.failures,
    advance: base.advance,
    walkToTheEnd,
  };
}

const entitled = (people: ReadonlyMap<UserId, Person>) =>
  [...people].filter(([, one]) => one.department === 'Sales' && !one.isGuest).map(([id]) => id);

describe('a census', () => {
  it('goes on past users whose row in the list cannot be read: they are looked at like everybody', async () => {
    const tenant = makeTenantWorld(300, 100);
    const strange = entitled(tenant.people).slice(0, 3);
    for (const id of strange) tenant.odd.add(id);

    const state = await tenant.walkToTheEnd();

    expect(state.counts).toMatchObject({ users: 300, unsettled: 0 });
    expect([...tenant.writes].sort()).toEqual(entitled(tenant.people).sort());
  });

  it.each([1, 2, 3])(
    'leaves no user in scope of tenant %p without an outcome, and writes once each',
    async (seed) => {
      const tenant = makeTenantWorld(700, 150, seed);

      const state = await tenant.walkToTheEnd();

      const members = [...tenant.people].filter(([, one]) => !one.isGuest).map(([id]) => id);
      expect(state.counts).toMatchObject({ users: 700, inScope: members.length, unsettled: 0 });
      expect(members.filter((id) => !tenant.rows.get(id)?.state?.outcome)).toEqual([]);
      expect([...tenant.writes].sort()).toEqual(entitled(tenant.people).sort());
      expect(tenant.rows.size).toBe(members.length);
    },
  );

  it('passes by users whose rows cannot be read: each is a failure, and all others have their outcome', async () => {
    const tenant = makeTenantWorld(300, 100);
    const damaged = new Set([userId(7), userId(150)]);
    const read = tenant.pipeline.users.read.bind(tenant.pipeline.users);
    tenant.pipeline.users.read = async (id) => {
      if (damaged.has(id)) throw new PermanentError('store/unreadable-user', `users ${id} state`);
      return read(id);
    };

    const state = await tenant.walkToTheEnd();

    expect(state.counts).toMatchObject({ users: 300, unsettled: 0 });
    expect(new Set(tenant.failures.map(({ subject }) => subject))).toEqual(damaged);
    expect([...tenant.writes].sort()).toEqual(
      entitled(tenant.people)
        .filter((id) => !damaged.has(id))
        .sort(),
    );
  });

  it('never has more hints in the queue than a portion and a remainder', async () => {
    const tenant = makeTenantWorld(2_000, 999);
    tenant.world.deaf = true;
    let most = 0;
    const pipeline: Services = {
      ...tenant.pipeline,
      queues: {
        ...tenant.pipeline.queues,
        sendHints: async (hints, options) => {
          await tenant.pipeline.queues.sendHints(hints, options);
          most = Math.max(most, tenant.hints.length);
        },
      },
    };

    await walkCensus(pipeline, quietTask);

    expect(most).toBe(400);
    expect((await readCensus(pipeline)).state?.phase).toBe('users');
  });

  it('goes on at the page where it crashed, and repeats no more than that page', async () => {
    const tenant = makeTenantWorld(600, 100);
    tenant.calls.fail = async (page) => {
      if (page === 4) throw new Error('killed');
    };
    await expect(walkCensus(tenant.pipeline, quietTask)).rejects.toThrow('killed');
    const before = (await readCensus(tenant.pipeline)).state;

    const after = await tenant.walkToTheEnd();

    expect(before).toMatchObject({ phase: 'users', link: '300', counts: { users: 300 } });
    expect(after.id).toBe(before?.id);
    expect(after.counts.users).toBe(600);
    expect(tenant.calls.pages).toBe(7);
    expect([...tenant.writes].sort()).toEqual(entitled(tenant.people).sort());
  });

  it('begins anew when Graph no longer knows the link', async () => {
    const tenant = makeTenantWorld(300, 100);
    tenant.calls.fail = async (page) => {
      if (page === 2) throw new GraphError('badRequest', 'Skip token is invalid', { status: 400 });
    };

    const state = await tenant.walkToTheEnd();

    expect(state.counts).toMatchObject({ users: 300, unsettled: 0 });
    expect([...tenant.writes].sort()).toEqual(entitled(tenant.people).sort());
  });

  it('stops when another instance has moved the place, and leaves it to it', async () => {
    const tenant = makeTenantWorld(300, 100);
    tenant.calls.fail = async (page) => {
      const cursor = tenant.cursors.get('census');
      if (page === 2 && cursor) tenant.cursors.set('census', { ...cursor, etag: 'moved' });
    };

    await expect(walkCensus(tenant.pipeline, quietTask)).rejects.toBeInstanceOf(ConcurrencyError);
  });

  it('is a matter of reading when all is well: no hint, no row, no write', async () => {
    const tenant = makeTenantWorld(300, 100);
    await tenant.walkToTheEnd();
    const rows = new Map(tenant.rows);
    const writes = [...tenant.writes];
    tenant.advance(86_400_000);
    await requestCensus(tenant.pipeline.cursors, {
      at: tenant.pipeline.clock.now(),
      by: 'ann',
      reason: 'asked for',
    });

    const second = await tenant.walkToTheEnd();

    expect(second).toMatchObject({ by: 'ann', counts: { looks: 0, withoutOutcome: 0, drifted: 0 } });
    expect(tenant.rows).toEqual(rows);
    expect(tenant.writes).toEqual(writes);
  });

  it('finds licenses that people took away or changed, names them, and has them set right', async () => {
    const tenant = makeTenantWorld(60, 30);
    await tenant.walkToTheEnd();
    const [taken, widened] = entitled(tenant.people) as [UserId, UserId];
    tenant.people.get(taken)!.licenses = [];
    tenant.people.get(widened)!.licenses = [{ skuId: ems, disabledPlans: [] }];
    tenant.advance(86_400_000);
    await requestCensus(tenant.pipeline.cursors, {
      at: tenant.pipeline.clock.now(),
      by: 'licenser',
      reason: 'nightly',
    });

    const second = await tenant.walkToTheEnd();

    expect(second.counts).toMatchObject({ drifted: 2, looks: 2, unsettled: 0 });
    expect(second.drift.map(({ id }) => id).sort()).toEqual([taken, widened].sort());
    const licensed = [{ skuId: ems, disabledPlans: [intune] }];
    expect([taken, widened].map((id) => tenant.people.get(id)?.licenses)).toEqual([licensed, licensed]);
    expect(tenant.rows.get(taken)?.state?.reasons[0]?.code).toBe('drift/assigned-again');
  });

  it('has users looked at who are known and not in the directory any more', async () => {
    const tenant = makeTenantWorld(40, 30);
    await tenant.walkToTheEnd();
    const [gone] = entitled(tenant.people) as [UserId];
    tenant.people.delete(gone);
    await requestCensus(tenant.pipeline.cursors, {
      at: tenant.pipeline.clock.now() + 1,
      by: 'licenser',
      reason: 'nightly',
    });

    const second = await tenant.walkToTheEnd();

    expect(second.counts).toMatchObject({ gone: 1, unsettled: 0 });
    expect(tenant.rows.get(gone)?.state?.missingSince).not.toBeNull();
  });

  it('puts users back on the waiting lists that their rows say they are on', async () => {
    const tenant = makeTenantWorld(40, 30);
    tenant.world.seats.enabled = 0;
    await tenant.walkToTheEnd();
    const waits = entitled(tenant.people);
    const places = () =>
      tenant.waiting
        .entries()
        .map(({ userId: id }) => id)
        .sort();
    expect(places()).toEqual([...waits].sort());
    for (const id of waits.slice(0, 3)) await tenant.waiting.remove(id);
    await requestCensus(tenant.pipeline.cursors, {
      at: tenant.pipeline.clock.now() + 1,
      by: 'ann',
      reason: 'asked for',
    });

    const second = await tenant.walkToTheEnd();

    expect(second.counts).toMatchObject({ listed: 3, unlisted: 0, looks: 0 });
    expect(places()).toEqual([...waits].sort());
    expect(tenant.writes).toEqual([]);
  });

  it('reports who still has no outcome half an hour after they were to be looked at', async () => {
    const tenant = makeTenantWorld(50, 30);
    tenant.world.deaf = true;

    const state = await tenant.walkToTheEnd();

    expect(state.counts.unsettled).toBe(state.counts.inScope);
    expect(state.unsettled.length).toBe(20);
  });

  it('waits for delta to be followed before the first one', async () => {
    const tenant = makeTenantWorld(10, 10);
    tenant.cursors.delete('users-delta');

    await walkCensus(tenant.pipeline, quietTask);

    expect((await readCensus(tenant.pipeline)).state).toBeUndefined();
  });

  it('is not begun by itself where LICENSER_FIRST_CENSUS is off', async () => {
    const tenant = makeTenantWorld(10, 10);
    const pipeline = { ...tenant.pipeline, settings: { ...tenant.pipeline.settings, firstCensus: false } };

    await walkCensus(pipeline, quietTask);

    expect((await readCensus(pipeline)).state).toBeUndefined();
  });
});
