import { describe, expect, it } from '@jest/globals';
import { PermanentError } from '../../../shared/kernel/errors';
import { toUserId } from '../../../shared/kernel/ids';
import type { PolicyHash, UserId } from '../../../shared/kernel/ids';
import type { Services } from '../../../shared/pipeline/services';
import { choosePolicy } from '../../../shared/pipeline/sources/policy-source';
import { feedRollouts } from '../../../shared/pipeline/rollouts/feed-rollouts';
import { recordMember } from '../../../shared/pipeline/rollouts/record-member';
import { toMember } from '../../../shared/ops/rollouts/plan-members';
import type { Hint } from '../../../shared/queue/messages';
import { makeMemoryPolicies, makeMemoryRollouts } from '../../support/memory/memory-stores';
import { ledgerEntry, userId, userState } from '../../support/user-states';
import { quietTask } from '../../support/quiet-task';
import type { UserState } from '../../../shared/words/user-state';
import type { MemberState, Rollout, RolloutKind, RolloutState } from '../../../shared/words/rollout';

const oldHash = 'a'.repeat(64) as PolicyHash;
const newHash = 'b'.repeat(64) as PolicyHash;
const ems = 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e' as never;
const start = 1_000_000;

const rolloutRow = (state: RolloutState, kind: RolloutKind = 'activation'): Omit<Rollout, 'etag'> => ({
  id: 'r',
  kind,
  state,
  policyHash: newHash,
  planStateHash: null,
  by: 'ann',
  why: 'test',
  createdAt: start,
  approvedBy: null,
  startedAt: start,
  endedAt: null,
  approvalReasons: [],
  members: 0,
});

/** Five users, a queue that is a list, and handlers that are told when to work. */
async function makeWorld(state: RolloutState, members = 5, kind: RolloutKind = 'activation') {
  let now = start;
  const users = new Map<UserId, UserState>();
  const sent: Hint[] = [];
  const policies = makeMemoryPolicies();
  const rollouts = makeMemoryRollouts();
  const faults = { at: Infinity, after: false, calls: 0 };
  /** Fails one call of the outside world: before it has an effect, or after (the answer is lost). */
  const faulty = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as unknown;
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) => {
          const isDue = ++faults.calls === faults.at;
          if (isDue && !faults.after) throw new Error('killed');
          const result = (method as (...given: unknown[]) => unknown).apply(target, args);
          if (!isDue) return result;
          const die = () => {
            throw new Error('killed');
          };
          if (result instanceof Promise) return result.then(die);
          return (async function* () {
            yield* result as AsyncIterable<unknown>;
            die();
          })();
        };
      },
    });
  await policies.movePointer(await policies.pointer(), {
    active: oldHash,
    candidate: kind === 'activation' ? newHash : null,
    isCandidateApproved: true,
    left: kind === 'return' ? [oldHash, newHash] : [],
  });
  const row = rolloutRow(state, kind);
  await rollouts.create({ ...row, ...(state === 'cancelled' ? { cancelledAt: start } : {}) });
  const all = Array.from({ length: members }, (_, index) => userId(index + 1));
  for (const id of all) users.set(id, userState({ policyHash: oldHash, decidedAt: 1, outcome: 'licensed' }));
  await rollouts.addMembers(
    'r',
    all.map((id) => toMember(id, null)),
  );
  const ports = {
    rollouts: faulty(rollouts),
    policies: faulty(policies),
    users: faulty({
      read: async (id: UserId) => ({
        userId: id,
        etag: '1',
        state: users.get(id) ?? null,
        ledger: [],
        exception: null,
      }),
      list: async function* () {
        for (const [id, stored] of users) yield { userId: id, state: stored };
      },
    }),
    queues: faulty({ sendHints: async (hints: readonly Hint[]) => void sent.push(...hints) }),
  };
  const pipeline = {
    clock: { now: () => now, sleep: async () => undefined },
    newId: () => 'holder',
    leases: { take: async () => true, release: async () => undefined },
    policy: { refresh: () => undefined },
    settings: { writesPerSecond: 0.1 },
    ...ports,
  } as unknown as Services;
  return {
    pipeline,
    rollouts,
    policies,
    users,
    sent,
    faults,
    advance: (ms: number) => {
      now += ms;
    },
    /** What handlers make of the hints. */
    handle: (outcome: Partial<UserState> = {}) => {
      for (const hint of sent.splice(0)) {
        const id = toUserId(hint.user.id);
        const moved = { policyHash: newHash, decidedAt: now, writtenAt: now };
        users.set(id, userState({ outcome: 'licensed', ...moved, ...outcome }));
      }
    },
    feed: () => feedRollouts(pipeline, quietTask),
    states: async () => {
      const found: MemberState[] = [];
      for await (const member of rollouts.members('r')) found.push(member.state);
      return found;
    },
  };
}

describe('feedRollouts', () => {
  it('feeds no more at once than half a minute of writes', async () => {
    const world = await makeWorld('running', 50);

    await world.feed();
    await world.feed();

    expect(world.sent).toHaveLength(20);
    expect(world.sent[0]).toMatchObject({ source: 'rollout', rollout: 'r', crowd: true });
  });

  it('goes on as users arrive, and makes the candidate active when all have', async () => {
    const world = await makeWorld('running', 30);

    for (let round = 0; round < 3; round++) {
      await world.feed();
      world.handle();
    }
    await world.feed();

    expect(new Set(await world.states())).toEqual(new Set(['changed']));
    expect(await world.rollouts.read('r')).toMatchObject({ state: 'done', endedAt: start, members: 30 });
    expect(await world.policies.pointer()).toMatchObject({ active: newHash, candidate: null, left: [] });
  });

  it('ends although a member’s row cannot be read: that member has failed', async () => {
    const world = await makeWorld('running', 3);
    const read = world.pipeline.users.read.bind(world.pipeline.users);
    const users = {
      ...world.pipeline.users,
      list: world.pipeline.users.list.bind(world.pipeline.users),
      read: async (id: UserId) => {
        if (id === userId(2)) throw new PermanentError('store/unreadable-user', 'users 2 state');
        return read(id);
      },
    };
    const pipeline = { ...world.pipeline, users };

    await feedRollouts(pipeline, quietTask);
    world.handle();
    await feedRollouts(pipeline, quietTask);

    expect(await world.states()).toEqual(['changed', 'failed', 'changed']);
    expect(await world.rollouts.read('r')).toMatchObject({ state: 'done' });
  });

  it.each(['awaiting', 'collecting', 'paused'] as const)('feeds nothing that is %s', async (state) => {
    const world = await makeWorld(state);

    await world.feed();

    expect(world.sent).toEqual([]);
    expect(await world.rollouts.read('r')).toMatchObject({ state, endedAt: null });
  });

  it('leaves the work to the holder of the lease', async () => {
    const world = await makeWorld('running');
    const busy = { take: async () => false, release: async () => undefined };

    await feedRollouts({ ...world.pipeline, leases: busy }, quietTask);

    expect(world.sent).toEqual([]);
  });

  it('sends again what has been silent for a minute', async () => {
    const world = await makeWorld('running');
    await world.feed();
    world.sent.splice(0);

    world.advance(59_000);
    await world.feed();
    const early = world.sent.length;
    world.advance(2_000);
    await world.feed();

    expect([early, world.sent.length]).toEqual([0, 5]);
  });

  it('drops what was not reached by a cancelled one, once writers had time to end', async () => {
    const world = await makeWorld('running', 30);
    await world.feed();
    const [reached] = world.sent.splice(0, 1);
    world.users.set(
      toUserId(reached?.user.id ?? ''),
      userState({ outcome: 'licensed', policyHash: newHash, decidedAt: start, writtenAt: start }),
    );
    const row = await world.rollouts.read('r');
    if (row !== undefined) await world.rollouts.update(row, { state: 'cancelled', cancelledAt: start });

    await world.feed();
    const early = await world.rollouts.read('r');
    world.advance(16_000);
    await world.feed();

    expect(early?.endedAt).toBeNull();
    expect((await world.states()).sort()).toEqual(['changed', ...Array<string>(29).fill('dropped')]);
    expect(await world.policies.pointer()).toMatchObject({
      active: oldHash,
      candidate: null,
      left: [newHash],
    });
  });

  it('forgets the policies that no user is on any more when a return has ended', async () => {
    const world = await makeWorld('running', 3, 'return');
    await world.feed();
    world.handle();

    await world.feed();

    expect(await world.policies.pointer()).toMatchObject({ left: [newHash] });
  });
});

describe('a process killed at any step', () => {
  it.each([
    ['running', 'changed', { active: newHash, candidate: null, left: [] }],
    ['cancelled', 'dropped', { active: oldHash, candidate: null, left: [newHash] }],
  ] as const)('ends a %s rollout as an undisturbed one does', async (state, member, pointer) => {
    let kills = 0;
    for (const after of [false, true]) {
      for (let at = 1; ; at++) {
        const world = await makeWorld(state);
        Object.assign(world.faults, { at, after, calls: 0 });
        for (let round = 0; round < 12; round++) {
          await world.feed().catch((error: Error) => expect(error.message).toBe('killed'));
          world.handle();
          world.advance(20_000);
        }

        expect(await world.states()).toEqual(Array(5).fill(member));
        expect((await world.rollouts.read('r'))?.endedAt).not.toBeNull();
        expect(await world.policies.pointer()).toMatchObject(pointer);
        if (world.faults.calls < at) break;
        kills += 1;
      }
    }

    expect(kills).toBeGreaterThan(10);
  });
});

describe('settleMember', () => {
  const member = { ...toMember(userId(1), null), state: 'queued' as const, queuedAt: start };
  const settle = (state: Partial<UserState>, kind: RolloutKind = 'activation', now = start + 1_000) =>
    recordMember(
      { ...rolloutRow('running', kind), etag: '1' },
      member,
      { userId: userId(1), etag: '1', state: userState(state), ledger: [], exception: null },
      now,
    )?.state;

  it.each<[string, Partial<UserState>, MemberState | undefined]>([
    ['is on the old policy still', { policyHash: oldHash, decidedAt: start + 1 }, undefined],
    ['was moved and written to', { policyHash: newHash, writtenAt: start + 1 }, 'changed'],
    ['was moved, and nothing was to be written', { policyHash: newHash, writtenAt: 5 }, 'unchanged'],
    ['is being written', { policyHash: newHash, intent: {} as never }, undefined],
    [
      'has failed just now or long ago, which does not tell',
      { policyHash: oldHash, outcome: 'failed' },
      undefined,
    ],
    ['is gone', { policyHash: oldHash, reasons: [{ code: 'user/gone', text: '' }] }, 'unchanged'],
    ['was refused for good', { policyHash: newHash, outcome: 'failed' }, 'failed'],
  ])('knows of a user who %s', (_, state, expected) => {
    expect(settle(state)).toBe(expected);
  });

  it('takes a failure for this one when no new attempt follows', () => {
    expect(settle({ policyHash: oldHash, outcome: 'failed' }, 'activation', start + 61_000)).toBe('failed');
  });

  it('goes by the time of the decision where no policy is moved to', () => {
    expect(settle({ policyHash: oldHash, decidedAt: start - 1 }, 'held')).toBeUndefined();
    expect(settle({ policyHash: oldHash, decidedAt: start + 1 }, 'held')).toBe('unchanged');
  });
});

describe('choosePolicy', () => {
  const pointer = {
    etag: '1',
    active: oldHash,
    candidate: newHash,
    isCandidateApproved: false,
    left: ['c'.repeat(64) as PolicyHash],
  };
  const approved = { ...pointer, isCandidateApproved: true };
  const left = pointer.left[0] ?? null;
  const joiner = { state: null, ledger: [] };
  const on = (policyHash: PolicyHash | null) => ({
    state: userState({ policyHash }),
    ledger: [ledgerEntry(ems)],
  });

  it.each([
    ['a joiner before approval', pointer, joiner, oldHash],
    ['a joiner after approval', approved, joiner, newHash],
    ['a user who was moved', approved, on(newHash), newHash],
    ['a user who was not moved yet', approved, on(oldHash), oldHash],
    ['a user whom a cancelled activation left behind', approved, on(left), left],
    ['a user on a policy of long ago', approved, on('d'.repeat(64) as PolicyHash), oldHash],
    ['a user of before the policies were stored', approved, on(null), oldHash],
  ])('gives %s their policy', (_, from, record, expected) => {
    expect(choosePolicy(from, record)).toBe(expected);
  });
});

describe('an approval that a cancellation overtook', () => {
  it('leaves no policy for joiners, and the next one can be activated', async () => {
    const world = await makeWorld('cancelled', 1);
    await world.feed();
    expect(await world.policies.pointer()).toMatchObject({ candidate: null, left: [newHash] });
    // The approval was still planning the tenant; now it claims and approves.
    await world.policies.movePointer(await world.policies.pointer(), {
      ...{ active: oldHash, candidate: newHash, candidateOf: 'r' },
      ...{ isCandidateApproved: true, left: [] },
    });

    await world.feed();

    expect(await world.policies.pointer()).toMatchObject({
      ...{ active: oldHash, candidate: null, isCandidateApproved: false },
    });
  });
});
