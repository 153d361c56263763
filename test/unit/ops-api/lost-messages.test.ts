import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { PermanentError, TransientError } from '../../../shared/kernel/errors';
import { cutResult } from '../../../shared/ops-api/requests/end-long-operation';
import { runLongOperation } from '../../../shared/ops-api/requests/run-long-operation';
import { keepLongOperations } from '../../../shared/ops-api/requests/keep-long-operations';
import { routes } from '../../../shared/ops-api/routes/all-routes';
import { makeOpsWorld } from '../../support/ops-world';

const why = 'a test';
const day = 86_400_000;

describe('long work whose message could not be sent', () => {
  it('is answered by its operation, and is done once by the timer', async () => {
    let isAway = true;
    const sent: string[] = [];
    const { call, ops, answers, operations, audit, advance, work } = await makeOpsWorld({
      send: async (id) => {
        if (isAway) throw new TransientError('ops/failed', 'the broker is away');
        sent.push(id);
      },
    });
    const headers = { 'idempotency-key': randomUUID() };
    const ask = () => call('operator', 'POST', '/users/apply', { group: 'SG-Sales', why }, { headers });

    const first = await ask();
    const again = await ask();
    isAway = false;
    advance(120_000);
    await keepLongOperations(ops, answers);
    await work(...sent);

    expect(first.status).toBe(202);
    expect(again.body).toEqual(first.body);
    const states = [];
    for await (const { value } of operations.list()) states.push(value.state);
    expect(states).toEqual([expect.stringMatching(/done|failed/)]);
    expect(sent.length).toBe(1);
    expect(audit.length).toBe(1);
  });
});

describe('a result that does not fit a row', () => {
  it('keeps the first hundred of each long list, and their number', () => {
    const users = Array.from({ length: 13_000 }, () => randomUUID());

    expect(cutResult({ queued: 13_000, users, unknown: [] })).toEqual({
      queued: 13_000,
      users: users.slice(0, 100),
      unknown: [],
      cut: { users: 13_000 },
    });
    expect(cutResult({ users: ['one'] })).toEqual({ users: ['one'] });
    expect(cutResult({ text: 'ü'.repeat(100_000) })).toEqual({ isCut: true });
  });

  it('ends the operation all the same', async () => {
    const { call, work, operations } = await makeOpsWorld();
    const asked = await call('operator', 'POST', '/users/apply', { group: 'SG-Sales', why });
    const { id } = (asked.body as unknown as { operation: { id: string } }).operation;
    const update = operations.update.bind(operations);
    let isRefused = false;
    operations.update = async (stored, value) => {
      if (!isRefused && value.endedAt !== null) {
        isRefused = true;
        throw new PermanentError('store/value-too-large', 'too large');
      }
      return update(stored, value);
    };
    await work();

    expect(isRefused).toBe(true);
    expect((await operations.read(id))?.value.state).toMatch(/done|failed/);
  });
});

describe('requests for approval', () => {
  it('are removed a week after they expired, and not before', async () => {
    const { call, ops, answers, approvals, advance, setLetters } = await makeOpsWorld();
    setLetters(['1']);
    await call('operator', 'POST', '/queues/directory-changes/purge', { why });
    const left = async () => {
      await keepLongOperations(ops, answers);
      let count = 0;
      for await (const _ of approvals.list()) count++;
      return count;
    };

    advance(7 * day);
    expect(await left()).toBe(1);
    advance(2 * day);
    expect(await left()).toBe(0);
  });
});

describe('long work that another process took over', () => {
  it('is not ended by the process that lost it', async () => {
    const { call, operations, ops, now } = await makeOpsWorld();
    const asked = await call('operator', 'POST', '/users/apply', { group: 'SG-Sales', why });
    const { id } = (asked.body as unknown as { operation: { id: string } }).operation;
    const slow = routes.map((one) => ({
      ...one,
      handle: async (context: Parameters<typeof one.handle>[0]) => {
        const current = await operations.read(id);
        if (current === undefined) throw new Error('There is no operation');
        await operations.update(current, { ...current.value, attempts: 2, beatAt: now() });
        context.report(1, 2);
        return {};
      },
    }));
    await runLongOperation(ops, slow, id);

    expect((await operations.read(id))?.value).toMatchObject({
      state: 'running',
      attempts: 2,
      endedAt: null,
    });
  });
});
