import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { TransientError } from '../../../shared/kernel/errors';
import { keepLongOperations } from '../../../shared/ops-api/requests/keep-long-operations';
import { makeRecordingLogger } from '../../support/recording-logger';
import { makeOpsWorld } from '../../support/ops-world';

const day = 24 * 3_600_000;
const asked = { text: 'version: 1', file: 'p.yaml' };

describe('a write without an Idempotency-Key', () => {
  it.each([undefined, 'not a UUID'])('is refused (%s)', async (key) => {
    const { call, audit } = await makeOpsWorld();
    const headers = { 'idempotency-key': key ?? '' };

    const answer = await call('operator', 'POST', '/pauses', { scope: 'apply', why: 'a test' }, { headers });

    expect(answer).toMatchObject({ status: 400, body: { code: 'ops/idempotency-key' } });
    expect(audit).toEqual([]);
  });
});

describe('a request whose first answer was lost', () => {
  it('makes one operation, whatever went wrong between storing and answering', async () => {
    const { call, operations, answers, sent } = await makeOpsWorld();
    const headers = { 'idempotency-key': randomUUID() };
    const update = answers.update.bind(answers);
    // The tables go away when the answer is to be remembered.
    answers.update = async () => Promise.reject(new TransientError('store/unavailable', 'away'));
    const first = await call('operator', 'POST', '/policies/activate', asked, { headers });
    expect(first.status).toBe(503);
    answers.update = update;
    const record = async () => {
      for await (const { id, value } of answers.list()) return { id, value };
      throw new Error('no answer is kept');
    };
    const { id, value } = await record();
    await answers.update((await answers.read(id)) as never, { ...value, takenAt: 0 });

    const second = await call('operator', 'POST', '/policies/activate', asked, { headers });

    const kept = [];
    for await (const one of operations.list()) kept.push(one.id);
    expect(second.status).toBe(202);
    expect(kept).toHaveLength(1);
    expect(second.body).toMatchObject({ operation: { id: kept[0] } });
    expect(new Set(sent)).toEqual(new Set(kept));
  });

  it('that failed is tried again under the same key, at once', async () => {
    const { call, ops, audit } = await makeOpsWorld();
    const headers = { 'idempotency-key': randomUUID() };
    const body = { scope: 'apply', why: 'a test' };
    const pause = ops.services.control.pause.bind(ops.services.control);
    ops.services.control.pause = () => Promise.reject(new TransientError('store/unavailable', 'away'));
    const first = await call('operator', 'POST', '/pauses', body, { headers });
    ops.services.control.pause = pause;
    const second = await call('operator', 'POST', '/pauses', body, { headers });

    expect([first.status, second.status]).toEqual([503, 200]);
    expect(audit.map(({ result }) => result)).toEqual(['done', 'failed']);
  });
});

describe('an operation that no process ends', () => {
  it('gets one message a minute, and fails after a day', async () => {
    const { call, ops, operations, answers, sent, advance, audit } = await makeOpsWorld();
    await call('operator', 'POST', '/policies/activate', asked);
    sent.splice(0);
    const keep = () => keepLongOperations(ops, answers);

    advance(90_000);
    await keep();
    await keep();
    expect(sent).toHaveLength(1);

    advance(day);
    await keep();
    expect(sent).toHaveLength(1);
    for await (const { value } of operations.list()) {
      expect(value).toMatchObject({ state: 'failed', problem: { code: 'ops/operation-given-up' } });
    }
    expect(audit).toMatchObject([{ action: 'policy/activate', result: 'failed' }]);
  });

  it('fails after twenty attempts', async () => {
    const { call, ops, operations, answers, advance } = await makeOpsWorld();
    await call('operator', 'POST', '/policies/activate', asked);
    for await (const stored of operations.list())
      await operations.update(stored, { ...stored.value, attempts: 20, state: 'running' });
    advance(10 * 60_000);
    await keepLongOperations(ops, answers);

    for await (const { value } of operations.list()) expect(value.state).toBe('failed');
  });
});

describe('what was done and cannot be told', () => {
  it('is answered as done: an audit that is away makes no second action', async () => {
    const logger = makeRecordingLogger();
    const { call, ops } = await makeOpsWorld({ logger });
    ops.services.audit.amend = () => Promise.reject(new TransientError('store/unavailable', 'away'));

    const answer = await call('operator', 'POST', '/pauses', { scope: 'apply', why: 'a test' });

    expect(answer).toMatchObject({ status: 200, body: { isChanged: true } });
    expect(logger.lines.map(({ message }) => message)).toContain('The end of an action is not in the audit');
  });
});

describe('refused writes', () => {
  it('are in the log, with the address and the code, and not without end', async () => {
    const logger = makeRecordingLogger();
    const { call } = await makeOpsWorld({ logger });
    const from = { headers: { 'x-forwarded-for': '10.0.0.7:4711' } };
    for (let index = 0; index < 60; index++)
      await call('operator', 'POST', '/pauses', { scope: 'apply' }, from);

    const refused = logger.lines.filter(({ message }) => message === 'An ops request was refused');
    expect(refused[0]?.fields).toMatchObject({
      address: '10.0.0.7',
      code: 'ops/input',
      route: 'pause',
      status: 400,
    });
    expect(refused.length).toBeLessThanOrEqual(20);
  });
});
