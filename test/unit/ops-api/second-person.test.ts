import { describe, expect, it } from '@jest/globals';
import { makeMemoryRollouts } from '../../support/memory/memory-stores';
import { makeOpsWorld, people } from '../../support/ops-world';
import type { PolicyHash } from '../../../shared/kernel/ids';

const toPolicyHash = (text: string) => text as PolicyHash;

const why = 'a test';
type Body = Record<string, never>;
const idOf = (body: unknown, name: string) => (body as Record<string, { id: string }>)[name]?.id ?? '';

describe('a purge', () => {
  const purge = '/queues/directory-changes/purge';

  it('deletes nothing until another person approves it', async () => {
    const { call, setLetters, lettersLeft, work, audit } = await makeOpsWorld();
    setLetters(['1', '2', '3']);

    const asked = await call('operator', 'POST', purge, { why });
    await work();
    expect(asked).toMatchObject({
      status: 202,
      body: { approval: { state: 'open', count: 3, by: 'operator@contoso.com' } },
    });
    expect(lettersLeft()).toBe(3);

    const approved = await call('approver', 'POST', `/approvals/${idOf(asked.body, 'approval')}/approve`, {
      why,
    });
    await work();

    expect(approved).toMatchObject({
      status: 200,
      body: { state: 'approved', decidedBy: 'approver@contoso.com' },
    });
    expect(lettersLeft()).toBe(0);
    expect(audit.map(({ action, byId, result }) => [action, byId, result])).toEqual([
      ['queue/purge', people.operator.oid, 'done'],
      ['approval/approve', people.approver.oid, 'done'],
      ['queue/purge', people.operator.oid, 'done'],
    ]);
  });

  it.each(['guards', 'one-person'] as const)(
    'by one person alone is refused in the mode %s',
    async (approval) => {
      const { call, setLetters, lettersLeft, work, ops } = await makeOpsWorld();
      Object.assign(ops.services.settings, { approval });
      setLetters(['1']);
      const asked = await call('both', 'POST', purge, { why });

      const own = await call('both', 'POST', `/approvals/${idOf(asked.body, 'approval')}/approve`, { why });
      await work();

      expect(own).toMatchObject({ status: 409, body: { code: 'approval/own' } });
      expect(lettersLeft()).toBe(1);
    },
  );

  it('cannot be asked for by an application', async () => {
    const { call, token, setLetters, approvals } = await makeOpsWorld();
    setLetters(['1']);
    const app = {
      ...{ scp: undefined, azp: 'batch', sub: people.operator.oid },
      ...{ preferred_username: undefined },
    };

    const asked = await call('operator', 'POST', purge, { why }, { bearer: await token('operator', app) });

    expect(asked).toMatchObject({ status: 403, body: { code: 'approval/person' } });
    for await (const stored of approvals.list()) expect(stored).toBeUndefined();
  });

  it('is not done when something else would be deleted by now', async () => {
    const { call, setLetters, lettersLeft } = await makeOpsWorld();
    setLetters(['1', '2']);
    const asked = await call('operator', 'POST', purge, { why });
    setLetters(['1', '3']);

    const late = await call('approver', 'POST', `/approvals/${idOf(asked.body, 'approval')}/approve`, {});

    expect(late).toMatchObject({ status: 409, body: { code: 'approval/changed' } });
    expect(lettersLeft()).toBe(2);
  });

  it('expires after a day', async () => {
    const { call, setLetters, advance } = await makeOpsWorld();
    setLetters(['1']);
    const asked = await call('operator', 'POST', purge, { why });
    advance(25 * 3_600_000);

    const late = await call('approver', 'POST', `/approvals/${idOf(asked.body, 'approval')}/approve`, {});

    expect(late).toMatchObject({ status: 409, body: { code: 'approval/state' } });
  });

  it('is rejected by another person, once', async () => {
    const { call, setLetters } = await makeOpsWorld();
    setLetters(['1']);
    const path = `/approvals/${idOf((await call('operator', 'POST', purge, { why })).body, 'approval')}/reject`;

    expect((await call('approver', 'POST', path, { why })).body as Body).toMatchObject({ state: 'rejected' });
    expect((await call('approver', 'POST', path, { why })).status).toBe(409);
  });
});

describe('an approval of a rollout', () => {
  const awaiting = {
    id: 'census-1',
    kind: 'census',
    state: 'awaiting',
    policyHash: toPolicyHash('a'.repeat(64)),
    planStateHash: null,
    by: 'both@contoso.com',
    byId: people.both.oid,
    why,
    createdAt: 0,
    approvedBy: null,
    startedAt: null,
    endedAt: null,
    approvalReasons: [],
    members: 0,
  } as const;
  const path = '/rollouts/census-1/approve';
  const setUp = async (approval: 'guards' | 'one-person') => {
    const world = await makeOpsWorld({}, { rollouts: makeMemoryRollouts() });
    Object.assign(world.ops.services.settings, { approval });
    await world.ops.services.rollouts.create(awaiting);
    return world;
  };

  it('is by another person than the one who asked, with a reason, whatever their roles', async () => {
    const { call, work, ops, audit } = await setUp('guards');

    const own = await call('both', 'POST', path, { why });
    const reasonless = await call('approver', 'POST', path, {});
    await work();
    expect(own).toMatchObject({ status: 409, body: { code: 'rollout/own' } });
    expect(reasonless.status).toBe(400);
    expect((await ops.services.rollouts.read('census-1'))?.state).toBe('awaiting');

    expect((await call('approver', 'POST', path, { why })).status).toBe(202);
    await work();

    expect(await ops.services.rollouts.read('census-1')).toMatchObject({
      state: 'running',
      byId: people.both.oid,
      approvedById: people.approver.oid,
    });
    expect(audit.map(({ byId, result }) => [byId, result])).toEqual([
      [people.approver.oid, 'done'],
      [people.both.oid, 'refused'],
    ]);
  });

  it('is by the same person in the mode one-person, which the audit says', async () => {
    const { call, work, ops, audit } = await setUp('one-person');

    await call('both', 'POST', path, { why });
    await work();

    expect((await ops.services.rollouts.read('census-1'))?.state).toBe('running');
    expect(audit[0]).toMatchObject({
      action: 'rollout/approve',
      result: 'done',
      facts: { mode: 'one-person' },
    });
  });

  it('that was done when its process ended is found, not done twice', async () => {
    const { call, work, operations, audit } = await setUp('guards');
    const id = idOf((await call('approver', 'POST', path, { why })).body, 'operation');
    await work();
    const done = await operations.read(id);
    if (done === undefined) throw new Error('There is no operation');
    await operations.update(done, { ...done.value, state: 'running', beatAt: 0, result: null });
    await work(id);

    expect((await operations.read(id))?.value).toMatchObject({ state: 'done', result: { state: 'running' } });
    expect(audit.length).toBe(1);
  });
});

describe('long work', () => {
  it('that is begun twice is done once', async () => {
    const { call, work, ops, operations, audit } = await makeOpsWorld();
    const asked = await call('operator', 'POST', '/users/apply', { group: 'SG-Sales', why });
    const id = idOf(asked.body, 'operation');
    await work();
    await work();

    expect((await operations.read(id))?.value.state).toMatch(/done|failed/);
    expect(audit.length).toBe(1);
    expect(ops.services).toBeDefined();
  });
});
