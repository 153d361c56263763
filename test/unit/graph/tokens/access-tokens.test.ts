import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { GetTokenOptions } from '@azure/identity';
import { AccessTokens } from '../../../../shared/graph/tokens/access-tokens';
import { toUserId } from '../../../../shared/kernel/ids';
import { timing } from '../../../../shared/kernel/timing';
import {
  makeScriptedDirectory,
  graphErrorOf,
  refusalAnswer,
} from '../../../support/graph/scripted-directory';
import { ManualClock } from '../../../support/manual-clock';
import { startScriptedGraph } from '../../../support/scripted-graph';
import type { ScriptedGraph, SeenRequest } from '../../../support/scripted-graph';

const id = toUserId('11111111-1111-4111-8111-111111111111');
const refused = (headers: Readonly<Record<string, string>> = {}) =>
  refusalAnswer(401, 'InvalidAuthenticationToken', 'The token is not accepted', headers);
const tokenOf = ({ headers }: SeenRequest) => headers.authorization;

let graph: ScriptedGraph;
beforeAll(async () => {
  graph = await startScriptedGraph();
});
afterAll(() => graph.close());
beforeEach(() => {
  graph.seen.length = 0;
});

/** A credential that keeps its token, as all of them do, and gets another one for claims alone. */
function makeWorld({ knowsClaims = true, accepts = ['token-2'] as readonly string[], lateMs = 0 } = {}) {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const asked: (string | undefined)[] = [];
  let issued = 1;
  const credential = {
    getToken: async (_scope: string | string[], { claims }: GetTokenOptions = {}) => {
      asked.push(claims);
      if (claims !== undefined && !knowsClaims) throw new Error('This credential supports no claims');
      if (claims !== undefined && lateMs > 0) await new Promise((resolve) => setTimeout(resolve, lateMs));
      if (claims !== undefined) issued++;
      return { token: `token-${String(issued)}`, expiresOnTimestamp: 0 };
    },
  };
  graph.script = (request) =>
    accepts.some((token) => tokenOf(request) === `Bearer ${token}`) ? { status: 200, body: {} } : refused();
  return { clock, asked, directory: makeScriptedDirectory(graph, { credential, clock }) };
}

describe('a token that Graph refuses before its time', () => {
  it('is replaced, and the request sent again, a write too', async () => {
    const t = makeWorld();

    await t.directory.assignLicense(id, { add: [], remove: ['a' as never] });

    expect(graph.seen.map(tokenOf)).toEqual(['Bearer token-1', 'Bearer token-2']);
    const [first, second] = graph.seen;
    expect(second).toMatchObject({ method: 'POST', url: first?.url, body: first?.body });
    const [, , claims = ''] = t.asked;
    expect(JSON.parse(claims)).toMatchObject({ access_token: { nbf: { essential: true } } });

    await t.directory.setUsageLocation(id, 'NL');
    expect(graph.seen.slice(2).map(tokenOf)).toEqual(['Bearer token-2']);
  });

  it('is replaced by one of which Graph’s challenge says what it needs', async () => {
    const t = makeWorld();
    const claims = '{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}';
    const challenge = `Bearer error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`;
    const { script } = graph;
    graph.script = (request) => {
      const answer = script(request);
      return typeof answer === 'object' && answer.status === 401
        ? refused({ 'www-authenticate': challenge })
        : answer;
    };

    await t.directory.setUsageLocation(id, 'NL');

    expect(t.asked).toEqual([undefined, undefined, claims]);
  });

  it('of many requests at once is replaced once, however late the other one comes', async () => {
    const t = makeWorld({ lateMs: 50 });

    await Promise.all(Array.from({ length: 10 }, () => t.directory.setUsageLocation(id, 'NL')));

    expect(graph.seen.filter((request) => tokenOf(request) === 'Bearer token-2')).toHaveLength(10);
    expect(t.asked.filter((claims) => claims !== undefined)).toHaveLength(1);
  });

  it('is replaced now and then alone, where Graph refuses all of them', async () => {
    const t = makeWorld({ accepts: [] });
    const write = () => graphErrorOf(t.directory.setUsageLocation(id, 'NL'));

    const [first, second] = [await write(), await write()];

    expect([first.class, second.class]).toEqual(['permission', 'permission']);
    expect(graph.seen).toHaveLength(3);
    t.clock.advance(timing.graph.newToken.ms);
    await write();
    expect(graph.seen).toHaveLength(5);
  });

  it('is what Graph answers to, where the credential has no other', async () => {
    const t = makeWorld({ knowsClaims: false });

    const error = await graphErrorOf(t.directory.setUsageLocation(id, 'NL'));

    expect(error).toMatchObject({ class: 'permission', status: 401 });
    expect(graph.seen.map(tokenOf)).toEqual(['Bearer token-1', 'Bearer token-1']);
  });
});

describe('the tokens of a client', () => {
  type Answer = (claims: string) => Promise<string>;

  /** A credential that keeps the first token whatever Graph says, and answers claims as the test says. */
  function makeTokens(answer: Answer) {
    const clock = new ManualClock();
    const warned: unknown[] = [];
    const asked: string[] = [];
    const credential = {
      getToken: async (_scope: string | string[], { claims }: GetTokenOptions = {}) => {
        if (claims === undefined) return { token: 'token-1', expiresOnTimestamp: 0 };
        asked.push(claims);
        return { token: await answer(claims), expiresOnTimestamp: 0 };
      },
    };
    const logger = { warn: (_message: string, fields?: object) => void warned.push(fields) };
    const tokens = new AccessTokens(credential, 'scope', clock, logger);
    const many = () => Promise.all(Array.from({ length: 10 }, () => tokens.get()));
    return { clock, warned, asked, tokens, many };
  }
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('have all requests that were refused wait for the one that replaces it', async () => {
    let come = (_token: string) => undefined as void;
    const { asked, tokens, many } = makeTokens(() => new Promise((resolve) => (come = resolve)));
    await many();

    const answers = [tokens.refused('token-1', null)];
    const again = [tokens.get()];
    await turn();
    // These answers come while the other token is on its way.
    for (let request = 1; request < 10; request++) {
      answers.push(tokens.refused('token-1', null));
      again.push(tokens.get());
    }
    await turn();
    come('token-2');

    expect(answers).toEqual(Array.from({ length: 10 }, () => true));
    expect(new Set(await Promise.all(again))).toEqual(new Set(['token-2']));
    expect(asked).toHaveLength(1);
    expect(tokens.refused('token-1', null)).toBe(true);
  });

  it.each<[string, Answer, string, number]>([
    ['has no other', async () => 'token-1', 'token-1', 0],
    ['fails', () => Promise.reject(new Error('no claims here')), 'token-1', 1],
    ['keeps the refused one beside the other', async () => 'token-2', 'token-2', 0],
  ])(
    'are asked for again only after ten seconds of a credential that %s',
    async (_what, answer, given, warnings) => {
      const { clock, warned, asked, tokens, many } = makeTokens(answer);
      await tokens.get();
      expect(tokens.refused('token-1', null)).toBe(true);

      const all = [await many(), await many()].flat();
      expect(new Set(all)).toEqual(new Set([given]));
      expect([asked.length, warned.length]).toEqual([1, warnings]);

      clock.advance(timing.graph.newToken.ms - 1);
      await many();
      expect(asked).toHaveLength(1);
      clock.advance(1);
      await many();
      expect([asked.length, warned.length]).toEqual([2, 2 * warnings]);
    },
  );

  it('are asked for again after a request that hangs', async () => {
    let asks = 0;
    const hang = new Promise<string>(() => undefined);
    const { clock, tokens } = makeTokens(() => (++asks === 1 ? hang : Promise.resolve('token-2')));
    await tokens.get();
    tokens.refused('token-1', null);
    void tokens.get();
    await turn();

    clock.advance(timing.graph.newToken.ms);
    expect(await tokens.get()).toBe('token-2');
  });
});

describe('the token of a credential', () => {
  const hour = 3_600_000;

  /** A credential that gives another token each time. */
  function makeCounted(lifetimeMs: number) {
    const clock = new ManualClock();
    let issued = 0;
    const credential = {
      getToken: async () => ({
        token: `token-${String(++issued)}`,
        expiresOnTimestamp: clock.now() + lifetimeMs,
      }),
    };
    return { clock, tokens: new AccessTokens(credential, 'scope', clock), asked: () => issued };
  }

  it('is asked for once a minute, however many requests go out', async () => {
    const { clock, tokens, asked } = makeCounted(hour);
    for (let request = 0; request < 50; request++) expect(await tokens.get()).toBe('token-1');

    clock.advance(timing.graph.keptToken.ms - 1);
    expect(await tokens.get()).toBe('token-1');
    clock.advance(1);
    expect(await tokens.get()).toBe('token-2');
    expect(asked()).toBe(2);
  });

  it('is not kept in its last five minutes', async () => {
    const { clock, tokens } = makeCounted(5 * 60_000 + 30_000);
    await tokens.get();

    clock.advance(29_999);
    expect(await tokens.get()).toBe('token-1');
    clock.advance(1);
    expect(await tokens.get()).toBe('token-2');
  });

  it('is asked for at once after Graph has refused it', async () => {
    const { tokens, asked } = makeCounted(hour);
    const token = await tokens.get();

    expect(tokens.refused(token, null)).toBe(true);

    expect(await tokens.get()).toBe('token-2');
    expect(asked()).toBe(2);
  });
});
