import { beforeAll, describe, expect, it } from '@jest/globals';
import { ConcurrencyError } from '../../../../shared/kernel/errors';
import type { PolicyHash } from '../../../../shared/kernel/ids';
import { silentLogger } from '../../../../shared/kernel/logger';
import { seededRandom } from '../../../../shared/kernel/random';
import type { RolloutStore } from '../../../../shared/store/ports/rollout-store';
import { makeTableStores } from '../../../../shared/store/tables/table-stores';
import { leaseTables } from '../../../support/clouds/lease-tables';
import type { LentTables } from '../../../support/clouds/lease-tables';
import { ManualClock } from '../../../support/manual-clock';
import { userId } from '../../../support/user-states';
import type { MemberState, Rollout, RolloutMember } from '../../../../shared/words/rollout';

let azurite: LentTables;
let rollouts: RolloutStore;
beforeAll(async () => {
  azurite = await leaseTables();
  rollouts = makeTableStores({
    ...azurite,
    clock: new ManualClock(1),
    random: seededRandom(1),
    logger: silentLogger,
  }).rollouts;
});

const rollout = (id: string, createdAt = 10): Omit<Rollout, 'etag'> => ({
  id,
  kind: 'activation',
  state: 'awaiting',
  policyHash: 'a'.repeat(64) as PolicyHash,
  planStateHash: 'b'.repeat(64),
  by: 'ann',
  why: 'because',
  createdAt,
  approvedBy: null,
  startedAt: null,
  endedAt: null,
  approvalReasons: [{ code: 'guard/reductions', text: 'many' }],
  members: 3,
});
const member = (index: number, state: MemberState = 'pending'): RolloutMember => ({
  userId: userId(index),
  state,
  queuedAt: null,
  settledAt: null,
  outcome: null,
  reason: null,
  plannedDigest: 'd',
  plannedChange: 'c',
});
async function membersOf(id: string, state?: MemberState): Promise<RolloutMember[]> {
  const found: RolloutMember[] = [];
  for await (const each of rollouts.members(id, state)) found.push(each);
  return found;
}

describe('TableRolloutStore', () => {
  it('reads back a rollout, and knows when there is none', async () => {
    const created = await rollouts.create(rollout('one'));

    expect(await rollouts.read('one')).toEqual(created);
    expect(created).toMatchObject(rollout('one'));
    expect(await rollouts.read('none')).toBeUndefined();
  });

  it('creates an id once', async () => {
    await rollouts.create(rollout('once'));

    await expect(rollouts.create(rollout('once'))).rejects.toBeInstanceOf(ConcurrencyError);
  });

  it('changes a rollout only as it was read', async () => {
    const created = await rollouts.create(rollout('changing'));

    const running = await rollouts.update(created, { state: 'running', startedAt: 20 });
    const late = rollouts.update(created, { state: 'cancelled' });

    await expect(late).rejects.toBeInstanceOf(ConcurrencyError);
    expect(await rollouts.read('changing')).toEqual(running);
    expect(running).toMatchObject({ ...rollout('changing'), state: 'running', startedAt: 20 });
  });

  it('lists the newest first', async () => {
    await rollouts.create(rollout('old', 1));
    await rollouts.create(rollout('new', 99));

    const ids = (await rollouts.list()).map(({ id }) => id);

    expect(ids[0]).toBe('new');
    expect(ids.at(-1)).toBe('old');
  });

  it('takes hundreds of members at once and tells them apart by state', async () => {
    await rollouts.addMembers(
      'many',
      Array.from({ length: 250 }, (_, index) => member(index)),
    );

    await rollouts.setMembers('many', [
      { ...member(7, 'changed'), settledAt: 5, outcome: 'licensed', reason: { code: 'due', text: 'b' } },
    ]);

    expect(await membersOf('many')).toHaveLength(250);
    expect(await membersOf('many', 'pending')).toHaveLength(249);
    expect(await membersOf('many', 'changed')).toEqual([
      { ...member(7, 'changed'), settledAt: 5, outcome: 'licensed', reason: { code: 'due', text: 'b' } },
    ]);
    expect(await rollouts.readMember('many', userId(7))).toMatchObject({ state: 'changed' });
    expect(await rollouts.readMember('many', userId(999))).toBeUndefined();
  });

  it('leaves members who are there already as they are', async () => {
    await rollouts.addMembers('again', [member(1), member(2)]);
    await rollouts.setMembers('again', [member(1, 'changed')]);

    await rollouts.addMembers('again', [member(1), member(2), member(3), member(3)]);

    expect((await membersOf('again')).map(({ state }) => state)).toEqual(['changed', 'pending', 'pending']);
  });

  it('loses no member when the same members are added from several places at once', async () => {
    const all = Array.from({ length: 120 }, (_, index) => member(index));

    await Promise.all([
      rollouts.addMembers('rush', all.slice(0, 80)),
      rollouts.addMembers('rush', all.slice(40)),
      rollouts.addMembers('rush', all.slice(20, 100)),
    ]);

    expect(await membersOf('rush')).toHaveLength(120);
  });

  it('keeps the members of rollouts apart', async () => {
    await rollouts.addMembers('left', [member(1)]);
    await rollouts.addMembers('right', [member(2)]);

    expect((await membersOf('left')).map((each) => each.userId)).toEqual([userId(1)]);
  });
});
