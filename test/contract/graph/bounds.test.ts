import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { followLinks } from '../../../shared/graph/follow-links';
import { makeGraphDirectory } from '../../../shared/graph/graph-directory';
import { GraphError } from '../../../shared/graph/refusals/graph-error';
import { toUserId } from '../../../shared/kernel/ids';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import { timing } from '../../../shared/kernel/timing';
import { answerBatch, startScriptedGraph } from '../../support/scripted-graph';
import type { Answer, ScriptedGraph } from '../../support/scripted-graph';

/** Whatever Graph, or who stands in its place, says: waits, redirects, links and pages have bounds. */
const id = toUserId('4a5b6c7d-0000-4000-8000-000000000001');
const skuId = 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e' as never;
const read = { properties: new Set<string>(), directGroups: false, transitiveGroups: false };
const minute = 60_000;

let graph: ScriptedGraph;
let other: ScriptedGraph;
beforeAll(async () => {
  graph = await startScriptedGraph();
  other = await startScriptedGraph();
  other.script = () => ({ status: 200, body: { value: [{ id }], id } });
});
beforeEach(() => {
  graph.seen.length = 0;
  other.seen.length = 0;
});
afterAll(() => Promise.all([graph.close(), other.close()]));

/** Time passes only in waits, so that ten minutes cost nothing. */
function directory(budgetMs = 1_000) {
  let now = Date.UTC(2026, 0, 1);
  let waited = 0;
  const clock = {
    now: () => now,
    sleep: async (ms: number, signal?: AbortSignal) => {
      // The time-out of a request is no wait.
      if (ms === timing.graph.request.ms) {
        await new Promise((_, reject) =>
          signal?.addEventListener('abort', () => reject(signal.reason as Error)),
        );
      }
      now += ms;
      waited += ms;
    },
  };
  const made = makeGraphDirectory({
    credential: { getToken: async () => ({ token: 'token-of-the-test', expiresOnTimestamp: 0 }) },
    graphOrigin: graph.origin,
    clock,
    random: seededRandom(7),
    logger: silentLogger,
    budgetMs,
  });
  return { directory: made, waited: () => waited };
}

async function failureOf(work: Promise<unknown>): Promise<GraphError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(GraphError);
  return error as GraphError;
}
async function listAll(): Promise<number> {
  let count = 0;
  for await (const page of directory().directory.listUsers(read)) count += page.length;
  return count;
}
const throttled = (retryAfter: string): Answer => ({
  status: 429,
  headers: { 'retry-after': retryAfter },
  body: { error: { code: 'TooManyRequests', message: 'Too many requests.' } },
});
const redirect = (status: number): Answer => ({
  status,
  headers: { location: `${other.origin}/v1.0/users/${id}` },
});

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])(
    'of a write with %s are not followed and are no success',
    async (status) => {
      graph.script = () => redirect(status);

      const error = await failureOf(
        directory().directory.assignLicense(id, { add: [{ skuId, disabledPlans: [] }], remove: [] }),
      );

      expect(error.status).toBe(status);
      expect(other.seen).toEqual([]);
    },
  );

  it('of a read are not followed', async () => {
    graph.script = () => redirect(302);

    await failureOf(directory().directory.listSkus());

    expect(other.seen).toEqual([]);
  });
});

describe('links', () => {
  it.each<[string, () => string]>([
    ['another server', () => `${other.origin.replace('http:', 'https:')}/v1.0/users?$skiptoken=1`],
    ['a host that begins like Graph’s', () => 'https://graph.microsoft.com.evil.example/v1.0/users'],
    ['another scheme', () => 'file:///etc/passwd'],
    [
      'a user before the host',
      () => `http://graph.microsoft.com@127.0.0.1:${new URL(other.origin).port}/users`,
    ],
  ])('to %s are not fetched', async (_what, link) => {
    graph.script = () => ({ status: 200, body: { value: [{ id }], '@odata.nextLink': link() } });

    await failureOf(listAll());

    expect(other.seen).toEqual([]);
  });

  it('of a stored position that lead elsewhere make the position lost, so that it is begun anew', async () => {
    const error = await failureOf(
      directory().directory.deltaPage('https://graph.example/v1.0/users/delta?$deltatoken=x'),
    );

    expect(error.class).toBe('syncStateLost');
    expect(other.seen).toEqual([]);
  });

  it('of Graph’s own origin are followed', async () => {
    graph.script = ({ url }) =>
      url.includes('skiptoken')
        ? { status: 200, body: { value: [{ id }] } }
        : {
            status: 200,
            body: { value: [{ id }], '@odata.nextLink': `${graph.origin}/v1.0/users?$skiptoken=1` },
          };

    expect(await listAll()).toBe(2);
  });

  it('that lead back to their own page end in an error', async () => {
    const link = 'https://graph.microsoft.com/v1.0/users?$skiptoken=same';
    graph.script = () => ({ status: 200, body: { value: [], '@odata.nextLink': link } });

    expect((await failureOf(listAll())).message).toContain('itself');
    expect((await failureOf(directory().directory.deltaPage(link))).message).toContain('itself');
    expect(graph.seen.length).toBeLessThan(20);
  });

  it('that never end, end in an error', async () => {
    let asked = 0;
    const endless = followLinks(undefined, async () => ({ page: asked, next: `link ${String(++asked)}` }));

    await failureOf(
      (async () => {
        for await (const _ of endless);
      })(),
    );
    expect(asked).toBe(10_000);
  });
});

describe('waits that Graph names', () => {
  it.each(['864000', '1e300', 'Fri, 31 Dec 2100 00:00:00 GMT', '99999999999999999999'])(
    'are obeyed for ten minutes at most (%s)',
    async (retryAfter) => {
      const waits: number[] = [];
      graph.script = () => throttled(retryAfter);
      const { directory: asked } = directory();

      const error = await failureOf(asked.listSkus());
      waits.push(error.retryAfterMs ?? 0);

      expect(Math.max(...waits)).toBeLessThanOrEqual(10 * minute);
      expect(Math.max(...waits)).toBeGreaterThan(9 * minute);
    },
  );

  it('close the reads of a process for ten minutes, then one asks again', async () => {
    graph.script = () =>
      graph.seen.length === 1 ? throttled('864000') : { status: 200, body: { value: [] } };
    const { directory: asked, waited } = directory(15 * minute);

    await asked.listSkus();

    expect(waited()).toBeLessThan(11 * minute);
    expect(graph.seen).toHaveLength(2);
  });

  it('inside a batch have the same bound', async () => {
    graph.script = (request) => answerBatch(request, () => throttled('864000'));

    const error = await failureOf(directory().directory.readUser(id, { ...read, directGroups: true }));

    expect(error.retryAfterMs).toBeLessThanOrEqual(10 * minute);
  });
});
