import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { GetTokenOptions } from '@azure/identity';
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
function makeWorld({ knowsClaims = true, accepts = ['token-2'] as readonly string[] } = {}) {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const asked: (string | undefined)[] = [];
  let issued = 1;
  const credential = {
    getToken: async (_scope: string | string[], { claims }: GetTokenOptions = {}) => {
      asked.push(claims);
      if (claims !== undefined && !knowsClaims) throw new Error('This credential supports no claims');
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

  it('of many requests at once is replaced once', async () => {
    const t = makeWorld();

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
