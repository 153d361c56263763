import { describe, expect, it } from '@jest/globals';
import type { PolicyHash, UserId } from '../../../../shared/kernel/ids';
import { choosePolicy } from '../../../../shared/pipeline/sources/policy-source';
import { recordMember } from '../../../../shared/pipeline/rollouts/record-member';
import { toMember } from '../../../../shared/ops/rollouts/plan-members';
import { enterRollout } from '../../../../shared/pipeline/rollouts/enter-rollout';
import { feedRollouts } from '../../../../shared/pipeline/rollouts/feed-rollouts';
import type { Services } from '../../../../shared/pipeline/services';
import { collect } from '../../../../shared/kernel/concurrently';
import { timing } from '../../../../shared/kernel/timing';
import { quietTask } from '../../../support/quiet-task';
import { ledgerEntry, userId, userState } from '../../../support/user-states';
import type { UserState } from '../../../../shared/words/user-state';
import type { MemberState, RolloutKind } from '../../../../shared/words/rollout';
import { makeWorld, newHash, oldHash, rolloutRow, start } from '../support/rollout-rows';

const ems = 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e' as never;

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('It is not there');
  return value;
}

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

describe('a member whose write was confirmed before the rollout was stopped', () => {
  /** One member is on the way; the row says that the write was confirmed 1 s after the start. */
  async function writtenMember(state: 'cancelled' | 'paused', kind: RolloutKind = 'activation') {
    const world = await makeWorld(state, 1, kind);
    const [member] = await collect(world.rollouts.members('r'));
    await world.rollouts.setMembers('r', [
      { ...required(member), state: 'queued', queuedAt: start, settledAt: null },
    ]);
    const written = { policyHash: newHash, decidedAt: start + 1_000, writtenAt: start + 1_000 };
    return { ...world, written: userState({ outcome: 'licensed', ...written }) };
  }

  it.each(['cancelled', 'paused'] as const)(
    'is a changed one when its message comes again after a crash (%s)',
    async (state) => {
      const { pipeline, rollouts, states, written } = await writtenMember(state);
      const record = { userId: userId(1), etag: '1', state: written, ledger: [], exception: null };
      const services = { ...pipeline, rolloutStates: { read: (id: string) => rollouts.read(id) } };

      const entry = await enterRollout(services as unknown as Services, record, 'r', 'rollout');

      expect(entry).toEqual({ kind: 'stop' });
      expect(await states()).toEqual(['changed']);
    },
  );

  it('is a changed one when the write is confirmed while the rollout ends', async () => {
    const world = await writtenMember('cancelled');
    world.advance(timing.rollouts.stragglers.ms);
    let reads = 0;
    const users = {
      ...world.pipeline.users,
      read: async (id: UserId) => {
        // The first read counts who is still on the way.
        if (++reads > 1) world.users.set(userId(1), world.written);
        return { userId: id, etag: '1', state: world.users.get(id) ?? null, ledger: [], exception: null };
      },
    };

    await feedRollouts({ ...world.pipeline, users }, quietTask);

    expect(reads).toBe(2);
    expect(await world.states()).toEqual(['changed']);
  });
});

describe('a member who was queued and never came', () => {
  it('is dropped by the run in which a cancelled rollout ends', async () => {
    const world = await makeWorld('cancelled', 1);
    const [member] = await collect(world.rollouts.members('r'));
    await world.rollouts.setMembers('r', [{ ...required(member), state: 'queued', queuedAt: start }]);
    world.advance(timing.rollouts.stragglers.ms);

    await world.feed();

    expect(await world.states()).toEqual(['dropped']);
    expect((await world.rollouts.read('r'))?.endedAt).toBe(start + timing.rollouts.stragglers.ms);
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
