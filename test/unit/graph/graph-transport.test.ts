import { getEventListeners } from 'node:events';
import type { Client } from '@microsoft/microsoft-graph-client';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { GraphTransport } from '../../../shared/graph/graph-transport';
import { fromWireFailure } from '../../../shared/graph/refusals/wire-failure';
import { queryOf } from '../../../shared/graph/user-read';
import { silentLogger } from '../../../shared/kernel/logger';
import { ManualClock } from '../../support/manual-clock';

/** A transport whose every request gets this answer. */
function transportOf(answer: () => Promise<Response>, clock = new ManualClock()) {
  const call = { headers: () => call, option: () => call, responseType: () => call, get: answer };
  const client = { api: () => call } as unknown as Client;
  return new GraphTransport(client, { clock, random: () => 0.5, logger: silentLogger });
}

describe('a request to Graph', () => {
  it.each([
    ['is answered', async () => new Response('{}')],
    ['is refused', async () => new Response('{}', { status: 404 })],
    ['is cut off', async () => Promise.reject(new Error('socket hang up'))],
  ])('that %s leaves neither a listener on its caller’s signal nor a timer', async (_, answer) => {
    const clock = new ManualClock();
    const transport = transportOf(answer, clock);
    const { signal } = new AbortController();

    await transport.ask({ method: 'GET', path: '/users' }, z.object({}), signal).catch(() => undefined);

    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(clock.sleeping).toBe(0);
  });
});

describe('a request without an answer', () => {
  const facts = { request: { method: 'POST', path: '/x?y' }, isWrite: true, answered: false };

  it('is told with the code that Node gives, else with the words of the error', () => {
    const refused = Object.assign(new Error('fetch failed'), { cause: { code: 'ECONNREFUSED' } });

    expect(fromWireFailure(refused, facts)).toMatchObject({
      class: 'unavailable',
      message: 'Graph gave no answer to POST /x: ECONNREFUSED',
    });
    expect(fromWireFailure(new Error('socket hang up'), facts)).toMatchObject({
      class: 'ambiguous',
      message: 'Graph gave no answer to POST /x: socket hang up',
    });
  });
});

it('what a rule reads of a navigation is expanded and never selected', () => {
  const query = queryOf({ properties: new Set(['department', 'memberOf', 'manager', 'manager/id']) });

  const [, select = '', expand] = /^\$select=([^&]*)(?:&\$expand=(.*))?$/.exec(query) ?? [];
  expect(select.split(',')).toContain('department');
  expect(select.split(',').filter((name) => /^(?:manager|memberOf)/.test(name))).toEqual([]);
  expect(expand).toBe('manager($select=id)');
});
