import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  approveRollout,
  cancelRollout,
  checkApproval,
  pauseRollout,
  resumeRollout,
} from '../../../../shared/ops/rollouts/change-rollout';
import { listMembers, listRollouts, showRollout } from '../../../../shared/ops/rollouts/show-rollout';
import { toMember } from '../../../../shared/ops/rollouts/plan-members';
import type { Rollout } from '../../../../shared/words/rollout';
import { makePipelineWorld } from '../../../support/pipeline-world';
import { userId, userState } from '../../../support/user-states';
import { rolloutRow } from '../../pipeline/support/rollout-rows';

const ada = { by: 'ada', why: 'asked', byId: 'id-of-ada' };
const bob = { by: 'bob', why: 'looked at it', byId: 'id-of-bob' };

let t: ReturnType<typeof makePipelineWorld>;
beforeEach(() => {
  t = makePipelineWorld();
});
const open = (state: Rollout['state'], changes: Partial<Rollout> = {}) =>
  t.pipeline.rollouts.create({
    ...rolloutRow(state, 'held'),
    ...{ by: 'ada', byId: 'id-of-ada' },
    ...changes,
  });
const audited = () => t.audit.map(({ action, by, facts }) => [action, by, facts]);

describe('a rollout that is stopped and goes on', () => {
  it('says so in its row and in the audit, from which state it was', async () => {
    await open('running');

    expect((await pauseRollout(t.pipeline, 'r', ada)).state).toBe('paused');
    expect((await resumeRollout(t.pipeline, 'r', bob)).state).toBe('running');
    expect((await cancelRollout(t.pipeline, 'r', ada)).cancelledAt).toBe(t.now());

    expect((await t.pipeline.rollouts.read('r'))?.state).toBe('cancelled');
    expect(audited().reverse()).toEqual([
      ['rollout/pause', 'ada', { from: 'running' }],
      ['rollout/resume', 'bob', { from: 'paused' }],
      ['rollout/cancel', 'ada', { from: 'running' }],
    ]);
  });

  it.each([
    ['paused', 'awaiting', pauseRollout],
    ['resumed', 'running', resumeRollout],
    ['cancelled', 'done', cancelRollout],
  ] as const)('cannot be %s while it is %s', async (_, state, change) => {
    await open(state);

    await expect(change(t.pipeline, 'r', ada)).rejects.toMatchObject({ code: 'rollout/state' });
    await expect(change(t.pipeline, 'other', ada)).rejects.toMatchObject({ code: 'rollout/unknown' });
    expect(t.audit).toEqual([]);
  });

  it('is changed by one of two who come at once; the other is told the state that it found', async () => {
    await open('running');
    const { rollouts } = t.pipeline;
    let come = 0;
    let go: () => void = () => undefined;
    const both = new Promise<void>((resolve) => {
      go = resolve;
    });
    const racing = {
      ...rollouts,
      read: async (id: string) => {
        const found = await rollouts.read(id);
        if (++come === 2) go();
        if (come <= 2) await both;
        return found;
      },
    };

    const results = await Promise.allSettled(
      [ada, bob].map((one) => pauseRollout({ ...t.pipeline, rollouts: racing }, 'r', one)),
    );

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(t.audit).toHaveLength(1);
  });
});

describe('an approval', () => {
  it('is another person’s, told apart by the object id and not by the name', async () => {
    await open('awaiting');

    await expect(checkApproval(t.pipeline, 'r', ada)).rejects.toMatchObject({ code: 'rollout/own' });
    await expect(approveRollout(t.pipeline, 'r', { ...bob, byId: 'id-of-ada' })).rejects.toMatchObject({
      code: 'rollout/own',
    });
    await checkApproval(t.pipeline, 'r', { ...bob, by: 'ada' });
    const approved = await approveRollout(t.pipeline, 'r', { ...bob, by: 'ada' });

    expect(approved).toMatchObject({ state: 'running', approvedBy: 'ada', approvedById: 'id-of-bob' });
  });

  it('goes by the name where the row has no object id', async () => {
    const { byId: _, ...row } = { ...rolloutRow('awaiting', 'held'), by: 'ada', byId: 'x' };
    await t.pipeline.rollouts.create(row);

    await expect(checkApproval(t.pipeline, 'r', { by: 'ada', why: null })).rejects.toMatchObject({
      code: 'rollout/own',
    });
    await checkApproval(t.pipeline, 'r', { by: 'bob', why: null });
  });

  it('may be one’s own where one person is enough, and the audit says so', async () => {
    await open('collecting');
    Object.assign(t.pipeline.settings, { approval: 'one-person' });

    expect((await approveRollout(t.pipeline, 'r', ada)).state).toBe('running');
    expect(audited()).toEqual([['rollout/approve', 'ada', { from: 'collecting', mode: 'one-person' }]]);
  });

  it('is of what waits for one', async () => {
    await open('running');

    await expect(checkApproval(t.pipeline, 'r', bob)).rejects.toMatchObject({ code: 'rollout/state' });
  });
});

describe('what is shown of rollouts', () => {
  const fill = async (state: Rollout['state'], changes: Partial<Rollout> = {}) => {
    await open(state, changes);
    const members = [1, 2, 3, 4].map((number) => toMember(userId(number), null));
    await t.pipeline.rollouts.addMembers('r', members);
    await t.pipeline.rollouts.setMembers(
      'r',
      members.slice(0, 2).map((member, index) => ({
        ...member,
        ...{ state: index === 0 ? ('changed' as const) : ('queued' as const), outcome: 'licensed' },
        ...{ reason: { code: 'license/assigned' as const, text: 'EMS is assigned.' } },
      })),
    );
    Object.assign(t.pipeline, {
      users: { read: async () => ({ state: userState({ userPrincipalName: 'ann@contoso.com' }) }) },
    });
  };

  it('is how far they are, and when the last member will have been written to', async () => {
    await fill('running');

    expect(await showRollout(t.pipeline, 'r')).toMatchObject({
      ...{ members: 4, counts: { changed: 1, queued: 1, pending: 2 } },
      finishAt: new Date(t.now() + Math.ceil((3 / 16) * 1_000)).toISOString(),
    });
  });

  it('is what their rows have counted once they have ended', async () => {
    await fill('done', { endedAt: 5_000, counted: { at: 5_000, states: { changed: 9 } } });

    expect(await showRollout(t.pipeline, 'r')).toMatchObject({
      ...{ members: 9, finishAt: null, endedAt: new Date(5_000).toISOString() },
    });
  });

  it('is a page of those in a state, the newest first', async () => {
    for (const [index, state] of (['done', 'running', 'done', 'done'] as const).entries()) {
      await open(state, { id: `r${String(index)}`, createdAt: index, endedAt: state === 'done' ? 1 : null });
    }

    const ids = async (filter: Parameters<typeof listRollouts>[1]) =>
      (await listRollouts(t.pipeline, filter)).map(({ id }) => id);
    expect(await ids({})).toEqual(['r3', 'r2', 'r1', 'r0']);
    expect(await ids({ state: 'done', skip: 1, limit: 1 })).toEqual(['r2']);
    expect(await ids({ after: 'r2', limit: 1 })).toEqual(['r1']);
    // The one behind whom it begins may be in another state by now.
    expect(await ids({ state: 'done', after: 'r1' })).toEqual(['r0']);
    expect(await ids({ after: 'r0' })).toEqual([]);
    await expect(ids({ after: 'gone' })).rejects.toMatchObject({ code: 'rollout/unknown' });
    // One that its row still tells of, and the list does not: the first page again would have no end.
    const { rollouts } = t.pipeline;
    const listed = {
      ...t.pipeline,
      rollouts: { read: async () => rollouts.read('r1'), list: async () => [] } as never,
    };
    await expect(listRollouts(listed, { after: 'r1' })).rejects.toMatchObject({ code: 'rollout/unknown' });
  });

  it('is a page of members with their names, what became of them and why', async () => {
    await fill('running');

    const all = await listMembers(t.pipeline, 'r');
    const page = await listMembers(t.pipeline, 'r', { after: userId(1), skip: 1, limit: 1 });

    expect(all[0]).toEqual({
      ...{ id: userId(1), userPrincipalName: 'ann@contoso.com', state: 'changed', outcome: 'licensed' },
      ...{ reason: 'EMS is assigned.', planned: null },
    });
    expect(page.map(({ id }) => id)).toEqual([userId(3)]);
    expect((await listMembers(t.pipeline, 'r', { state: 'pending' })).map(({ id }) => id)).toEqual([
      userId(3),
      userId(4),
    ]);
    await expect(listMembers(t.pipeline, 'other')).rejects.toMatchObject({ code: 'rollout/unknown' });
  });
});
