import { describe, expect, it } from '@jest/globals';
import { ConcurrencyError, TransientError } from '../../../shared/kernel/errors';
import { findApproved } from '../../../shared/ops-api/requests/find-approved';
import { keepLongOperations } from '../../../shared/ops-api/requests/keep-long-operations';
import { makeOpsWorld, people } from '../../support/ops-world';

const why = 'a test';
const minute = 60_000;

/** A purge of three dead letters that the operator has asked for. */
async function setUp(messageId?: string) {
  const world = await makeOpsWorld();
  world.setLetters(['1', '2', '3'], messageId);
  const asked = await world.call('operator', 'POST', '/queues/directory-changes/purge', { why });
  const { id } = (asked.body as unknown as { approval: { id: string } }).approval;
  const decide = (word: 'approve' | 'reject', person: 'approver' | 'both' = 'approver') =>
    world.call(person, 'POST', `/approvals/${id}/${word}`, { why });
  /** As the timer `observe` does, a while later; then what it sent is done. */
  const observe = async () => {
    world.advance(2 * minute);
    await keepLongOperations(world.ops, world.answers);
    await world.work();
  };
  const operation = async () => {
    for await (const { value } of world.operations.list()) return value;
    return undefined;
  };
  return { ...world, id, decide, observe, operation };
}

describe('work that needs a second person', () => {
  it('is not done when another person rejects it while one approves it', async () => {
    const { approvals, decide, observe, lettersLeft, operation } = await setUp();
    const update = approvals.update.bind(approvals);
    // The rejection comes between the reading and the writing of the approver.
    approvals.update = async (stored, value) => {
      approvals.update = update;
      await update(stored, { ...stored.value, state: 'rejected' });
      return update(stored, value);
    };

    expect((await decide('approve')).status).toBe(409);
    await observe();

    expect(lettersLeft()).toBe(3);
    expect(await operation()).toMatchObject({ state: 'failed', problem: { code: 'approval/state' } });
  });

  it('is not done while its approval could not be stored, and is done once when it is approved again', async () => {
    const { approvals, decide, observe, lettersLeft, operations } = await setUp();
    const update = approvals.update.bind(approvals);
    approvals.update = () => Promise.reject(new TransientError('store/unavailable', 'the tables are away'));
    expect((await decide('approve')).status).toBe(503);
    await observe();
    expect(lettersLeft()).toBe(3);

    approvals.update = update;
    expect((await decide('approve', 'both')).status).toBe(200);
    await observe();

    expect(lettersLeft()).toBe(0);
    const all = [];
    for await (const one of operations.list()) all.push(one.value.state);
    expect(all).toEqual(['done']);
  });

  it('is done by the operation that was approved, and by no other one of the same request', async () => {
    const { ops, operations, decide } = await setUp();
    expect((await decide('approve')).status).toBe(200);
    for await (const stored of operations.list()) {
      expect(await findApproved(ops, stored)).toMatchObject({ kind: 'approved' });
      await expect(findApproved(ops, { ...stored, id: 'another' })).rejects.toMatchObject({
        code: 'approval/state',
      });
    }
    expect.assertions(3);
  });

  it('is one operation when two approve it at once', async () => {
    const { decide, observe, operations } = await setUp();

    const statuses = (await Promise.all([decide('approve'), decide('approve', 'both')])).map(
      ({ status }) => status,
    );
    await observe();

    expect(statuses.sort()).toEqual([200, 409]);
    const all = [];
    for await (const { id } of operations.list()) all.push(id);
    expect(all.length).toBe(1);
  });

  it('is not done when its approval expires', async () => {
    const { approvals, decide, observe, advance, lettersLeft, operation } = await setUp();
    approvals.update = () => Promise.reject(new ConcurrencyError('approval'));
    await decide('approve');
    advance(25 * 60 * minute);
    await observe();

    expect(lettersLeft()).toBe(3);
    expect(await operation()).toMatchObject({ state: 'failed' });
  });

  it('has an entry of its own in the audit before it begins, with who asked and who approved', async () => {
    const { id, decide, work, audit, ops } = await setUp();
    const drain = ops.services.deadLetters.drain.bind(ops.services.deadLetters);
    const during: unknown[] = [];
    ops.services.deadLetters.drain = (...args) => {
      during.push(audit.map(({ action, result }) => [action, result])[0]);
      return drain(...args);
    };
    await decide('approve');
    await work();

    expect(during).toEqual([['queue/purge', 'asked']]);
    expect(audit[0]).toMatchObject({
      action: 'queue/purge',
      subject: 'directory-changes',
      byId: people.operator.oid,
      result: 'done',
      facts: { approval: id, approvedById: people.approver.oid, purged: 3 },
    });
  });

  it('that fails is in the audit as failed, with who approved', async () => {
    const { id, decide, work, audit, ops } = await setUp();
    ops.services.deadLetters.drain = () => Promise.reject(new Error('the disk is full'));
    await decide('approve');
    await work();

    expect(audit[0]).toMatchObject({ action: 'queue/purge', result: 'failed', facts: { approval: id } });
  });
});

describe('an approved purge', () => {
  it.each([
    ['of the same message id', 'same'],
    ['without a message id', ''],
  ])('leaves a dead letter %s that came after the approval', async (_what, messageId) => {
    const { decide, work, setLetters, letterNumbers, audit } = await setUp(messageId);
    await decide('approve');
    setLetters(['0', '1', '2', '3', '4'], messageId);
    await work();

    expect(letterNumbers()).toEqual(['0', '4']);
    expect(audit[0]).toMatchObject({ facts: { purged: 3 } });
  });

  it('that is begun again after its process ended deletes nothing else', async () => {
    const { id, decide, work, setLetters, letterNumbers, operations } = await setUp();
    await decide('approve');
    await work();
    setLetters(['7']);
    const operation = id.replace('approval', 'op');
    const done = await operations.read(operation);
    if (done === undefined) throw new Error('There is no operation');
    await operations.update(done, { ...done.value, state: 'running', beatAt: 0, result: null });
    await work(operation);

    expect(letterNumbers()).toEqual(['7']);
    expect((await operations.read(operation))?.value).toMatchObject({ state: 'done', result: { purged: 0 } });
  });
});
