import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { GraphDirectoryOptions } from '../../../shared/graph/graph-directory';
import { systemClock } from '../../../shared/kernel/clock';
import { toServicePlanId, toSkuId, toUserId } from '../../../shared/kernel/ids';
import { graphErrorOf, makeScriptedDirectory, refusalAnswer } from '../../support/graph/scripted-directory';
import { makeRecordingLogger } from '../../support/recording-logger';
import { answerBatch, startScriptedGraph } from '../../support/scripted-graph';
import type { Answer, ScriptedGraph } from '../../support/scripted-graph';

// EMS and its plan INTUNE_A, https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
const ems = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');
const intune = toServicePlanId('c1ec4a95-1f05-45b3-a911-aa3fa01094f5');
const id = toUserId('4a5b6c7d-0000-4000-8000-000000000001');

let graph: ScriptedGraph;
beforeAll(async () => {
  graph = await startScriptedGraph();
});
beforeEach(() => {
  graph.seen.length = 0;
});
afterAll(() => graph.close());

const directory = (changes: Partial<GraphDirectoryOptions> = {}) => makeScriptedDirectory(graph, changes);
const throttled = (seconds: string): Answer =>
  refusalAnswer(429, 'TooManyRequests', 'Too many requests.', { 'retry-after': seconds });
const userAnswer = (more: object = {}): Answer => ({ status: 200, body: { id, ...more } });

describe('trying reads again', () => {
  it.each<[string, Answer | 'reset']>([
    ['503', { status: 503, headers: { 'retry-after': '0' } }],
    ['500 with a page of html', { status: 500, headers: { 'content-type': 'text/html' } }],
    ['502', { status: 502 }],
    ['504', { status: 504 }],
    ['429', throttled('0.1')],
    [
      'a concurrency refusal',
      refusalAnswer(409, 'Directory_ConcurrencyViolation', 'Please wait briefly and retry.'),
    ],
    ['a lost connection', 'reset'],
  ])('reads again after %s', async (_, first) => {
    let tries = 0;
    graph.script = () => (++tries === 1 ? first : { status: 200, body: { value: [] } });

    const skus = await directory().listSkus();

    expect(skus).toEqual([]);
    expect(tries).toBe(2);
  });

  it('asks again for the part of a batch that has no answer: its user is not missing', async () => {
    let tries = 0;
    graph.script = (request) =>
      ++tries === 1 ? { status: 200, body: { responses: [] } } : answerBatch(request, () => userAnswer());
    const nothingMore = { properties: new Set<string>(), directGroups: false, transitiveGroups: false };

    const found = await directory().readUser(id, nothingMore);

    expect(found?.user.id).toBe(id);
    expect(tries).toBe(2);
  });

  it('makes every read of the process wait for a Retry-After that one of them was given', async () => {
    const logger = makeRecordingLogger();
    const shared = directory({ logger });
    let tries = 0;
    const arrivals: number[] = [];
    graph.script = (request) => {
      arrivals.push(systemClock.now());
      if (request.url.includes('subscribedSkus') && ++tries === 1) return throttled('0.8');
      return { status: 200, body: { value: [] } };
    };
    const first = shared.listSkus();
    // Its answer has been read, so the gate is closed.
    while (logger.lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));

    await Promise.all([first, shared.listSubscriptions()]);

    expect(arrivals).toHaveLength(3);
    expect(Math.min(...arrivals.slice(1)) - arrivals[0]!).toBeGreaterThanOrEqual(800);
  });

  it('does not wait longer than its budget, and says what Graph asked for', async () => {
    graph.script = () => throttled('300');
    const shared = directory({ budgetMs: 2_000 });

    const first = await graphErrorOf(shared.listSkus());
    const second = await graphErrorOf(shared.listSkus());

    expect(first).toMatchObject({ class: 'throttled', retryAfterMs: 300_000, graphCode: 'TooManyRequests' });
    expect(second.class).toBe('throttled');
    expect(second.retryAfterMs).toBeGreaterThan(290_000);
    expect(graph.seen).toHaveLength(1);
  });

  it('gives up a read that gets no answer in time', async () => {
    graph.script = () => 'hang';

    const error = await graphErrorOf(directory({ timeoutMs: 100, budgetMs: 300 }).listSkus());

    expect(error).toMatchObject({ class: 'unavailable', status: 0 });
  });

  it("ends with the caller's reason when the caller gives up", async () => {
    graph.script = () => 'hang';
    const caller = new AbortController();

    const read = directory().listSkus(caller.signal);
    while (graph.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    caller.abort(new Error('shutting down'));

    await expect(read).rejects.toThrow('shutting down');
  });

  it('calls a missing token a matter of permission, and does not try again', async () => {
    const credential = {
      getToken: async () => {
        throw new Error('AADSTS7000215: Invalid client secret');
      },
    };

    const error = await graphErrorOf(directory({ credential }).listSkus());

    expect(error).toMatchObject({ class: 'permission', status: 0 });
    expect(error.message).toContain('AADSTS7000215');
    expect(graph.seen).toHaveLength(0);
  });
});

describe('writing', () => {
  const write = { add: [{ skuId: ems, disabledPlans: [intune] }], remove: [] };

  it('posts both arrays and answers the user when Graph sends the holdings', async () => {
    graph.script = () =>
      userAnswer({ usageLocation: 'NL', licenseAssignmentStates: [{ skuId: ems, disabledPlans: [intune] }] });

    const user = await directory().assignLicense(id, write);

    expect(graph.seen[0]).toMatchObject({
      method: 'POST',
      url: `/v1.0/users/${id}/assignLicense`,
      body: { addLicenses: [{ skuId: ems, disabledPlans: [intune] }], removeLicenses: [] },
    });
    expect(user?.assignments).toHaveLength(1);
  });

  it.each<[string, Answer]>([
    ['no holdings', userAnswer({ assignedLicenses: [] })],
    ['nothing', { status: 202 }],
  ])('takes an answer with %s for a success', async (_, answer) => {
    graph.script = () => answer;

    expect(await directory().assignLicense(id, write)).toBeUndefined();
  });

  it.each<[string, Answer | 'reset' | 'hang', string]>([
    ['429', throttled('7'), 'throttled'],
    ['503', { status: 503 }, 'unavailable'],
    ['504, behind which it may have succeeded', { status: 504 }, 'ambiguous'],
    ['a lost connection', 'reset', 'ambiguous'],
    ['no answer in time', 'hang', 'ambiguous'],
    ['a concurrency refusal', refusalAnswer(409, 'Directory_ConcurrencyViolation', 'wait'), 'concurrency'],
    ['404', refusalAnswer(404, 'Request_ResourceNotFound', 'gone'), 'gone'],
    [
      '400',
      refusalAnswer(
        400,
        'Request_BadRequest',
        `Subscription with SKU ${ems} does not have any available licenses.`,
      ),
      'seats',
    ],
  ])('sends once and tells what %s means', async (_, answer, errorClass) => {
    graph.script = () => answer;

    const error = await graphErrorOf(directory({ timeoutMs: 300 }).assignLicense(id, write));

    expect(error.class).toBe(errorClass);
    expect(graph.seen).toHaveLength(1);
  });

  it('keeps what Graph said: code, text, ids, request id, Retry-After', async () => {
    const text = `Subscription with SKU ${ems.toUpperCase()} does not have any available licenses.`;
    graph.script = () => refusalAnswer(400, 'Request_BadRequest', text, { 'retry-after': '2.128' });

    const error = await graphErrorOf(directory().assignLicense(id, write));

    expect(error).toMatchObject({
      message: text,
      status: 400,
      graphCode: 'Request_BadRequest',
      ids: [ems],
      requestId: 'r-1',
      retryAfterMs: 2_128,
    });
  });

  it('knows that a refused connection changed nothing', async () => {
    const vacant = createServer();
    await new Promise<void>((resolve) => vacant.listen(0, '127.0.0.1', resolve));
    const graphOrigin = `http://127.0.0.1:${(vacant.address() as AddressInfo).port}`;
    await new Promise((resolve) => vacant.close(resolve));

    const error = await graphErrorOf(directory({ graphOrigin }).setUsageLocation(id, 'NL'));

    expect(error).toMatchObject({ class: 'unavailable', status: 0 });
  });

  it('refuses a write of nothing before it is sent', async () => {
    const error = await graphErrorOf(directory().assignLicense(id, { add: [], remove: [] }));

    expect(error.class).toBe('badRequest');
    expect(graph.seen).toHaveLength(0);
  });

  it('patches the usage location', async () => {
    graph.script = () => ({ status: 204 });

    await directory().setUsageLocation(id, 'NL');

    expect(graph.seen[0]).toMatchObject({
      method: 'PATCH',
      url: `/v1.0/users/${id}`,
      body: { usageLocation: 'NL' },
    });
  });
});
