import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { routes } from '../../../shared/ops-api/routes/all-routes';
import { makeOpsWorld, people } from '../../support/ops-world';

const why = 'a test';

describe('a write', () => {
  it('is one effect and one audit entry, however often its key comes', async () => {
    const { call, audit, sent } = await makeOpsWorld();
    const headers = { 'idempotency-key': randomUUID() };
    const once = () => call('operator', 'POST', '/pauses', { scope: 'apply', why }, { headers });

    const [first, second] = [await once(), await once()];

    expect(first).toMatchObject({ status: 200, body: { scope: 'apply', isChanged: true } });
    expect(second.body).toEqual(first.body);
    expect(audit).toMatchObject([
      { action: 'pause/set', subject: 'apply', result: 'done', byId: people.operator.oid, why, via: 'cli' },
    ]);
    expect(sent).toEqual([]);
  });

  it('with a key that was used for something else is refused', async () => {
    const { call } = await makeOpsWorld();
    const headers = { 'idempotency-key': randomUUID() };
    await call('operator', 'POST', '/pauses', { scope: 'apply', why }, { headers });

    const other = await call('operator', 'POST', '/pauses', { scope: 'intake', why }, { headers });

    expect(other).toMatchObject({ status: 422, body: { code: 'ops/idempotency-key-used' } });
  });

  it('with the key of another person is their own', async () => {
    const { call, audit } = await makeOpsWorld();
    const headers = { 'idempotency-key': randomUUID() };
    await call('operator', 'POST', '/pauses', { scope: 'apply', why }, { headers });
    await call('operator2', 'POST', '/pauses/lift', { scope: 'apply', why }, { headers });

    expect(audit.map(({ action, byId }) => [action, byId])).toEqual([
      ['pause/lift', people.operator2.oid],
      ['pause/set', people.operator.oid],
    ]);
  });

  it('that is not possible is in the audit as refused', async () => {
    const { call, audit } = await makeOpsWorld();

    const answer = await call('operator', 'POST', '/pauses', { scope: 'nonsense', why });

    expect(answer).toMatchObject({
      status: 404,
      body: { code: 'ops/unknown-scope', hint: expect.any(String) },
    });
    expect(audit).toMatchObject([
      { action: 'pause/set', subject: 'nonsense', result: 'refused', facts: { status: 404 } },
    ]);
  });

  it('that failed is in the audit as failed', async () => {
    const { call, audit, ops } = await makeOpsWorld();
    ops.services.control.pause = () => Promise.reject(new Error('the disk is full'));

    const answer = await call('operator', 'POST', '/pauses', { scope: 'apply', why });

    expect(answer.status).toBe(500);
    expect(audit).toMatchObject([
      { action: 'pause/set', result: 'failed', facts: { detail: 'The app failed at this request.' } },
    ]);
  });

  it.each([
    ['no reason', { scope: 'apply' }, 400],
    ['a reason without a word', { scope: 'apply', why: ' - ' }, 400],
    ['no JSON', '{', 400],
    ['a list', [], 400],
  ])('with %s is refused before anything is done', async (_what, body, status) => {
    const { call, audit } = await makeOpsWorld();

    expect((await call('operator', 'POST', '/pauses', body)).status).toBe(status);
    expect(audit).toEqual([]);
  });

  it('from a form, or from a page of another site, is refused', async () => {
    const { call } = await makeOpsWorld();
    const body = { scope: 'apply', why };

    const form = await call('operator', 'POST', '/pauses', body, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    const foreign = await call('operator', 'POST', '/pauses', body, {
      headers: { 'sec-fetch-site': 'cross-site' },
    });

    expect([form.status, foreign.status]).toEqual([415, 403]);
  });

  it('larger than 1 MB is refused', async () => {
    const { call } = await makeOpsWorld();
    const answer = await call('operator', 'POST', '/pauses', { scope: 'x'.repeat(1_100_000), why });

    expect(answer.status).toBe(413);
  });
});

describe('limits', () => {
  it('hold a caller who floods, and leave the others alone', async () => {
    const { call } = await makeOpsWorld();
    const answers = await Promise.all(Array.from({ length: 100 }, () => call('viewer', 'GET', '/me')));
    const refused = answers.filter(({ status }) => status === 429);

    expect(refused.length).toBe(40);
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
    expect((await call('operator', 'GET', '/me')).status).toBe(200);
  });

  it('refuse an address that sends bad tokens before looking at the next', async () => {
    const { call } = await makeOpsWorld();
    const bad = { bearer: 'a.b.c' };
    for (let index = 0; index < 20; index++) await call('viewer', 'GET', '/me', undefined, bad);

    expect((await call('viewer', 'GET', '/me', undefined, bad)).status).toBe(429);
  });
});

describe('answers', () => {
  it('carry headers that keep pages and caches away, and no CORS header', async () => {
    const { call } = await makeOpsWorld();
    const { headers } = await call('viewer', 'GET', '/me', undefined, {
      headers: { origin: 'https://evil.example' },
    });

    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('that did not change are 304', async () => {
    const { call } = await makeOpsWorld();
    const etag = (await call('viewer', 'GET', '/me')).headers.get('etag') ?? '';

    const again = await call('viewer', 'GET', '/me', undefined, { headers: { 'if-none-match': etag } });

    expect(again.status).toBe(304);
  });

  it('of an unknown route are 404', async () => {
    const { call } = await makeOpsWorld();
    expect((await call('viewer', 'GET', '/nothing')).status).toBe(404);
  });
});

describe('pages of the audit', () => {
  it('follow each other by a signed cursor, which is good for this list alone', async () => {
    const { call, advance } = await makeOpsWorld();
    for (const scope of ['apply', 'intake', 'lane:1']) {
      await call('operator', 'POST', '/pauses', { scope, why });
      advance(1_000);
    }
    const first = await call('viewer', 'GET', '/audit?limit=2');
    const { next, items } = first.body as unknown as { next: string; items: { subject: string }[] };
    expect(items.map(({ subject }) => subject)).toEqual(['lane:1', 'intake']);

    const altered = `${next.slice(0, -2)}${next.endsWith('AA') ? 'BB' : 'AA'}`;
    expect((await call('viewer', 'GET', `/audit?cursor=${altered}`)).status).toBe(400);
    expect((await call('viewer', 'GET', `/operations?cursor=${next}`)).status).toBe(400);
  });
});

describe('the document', () => {
  it('has every route with its role, and no other', async () => {
    const { app } = await makeOpsWorld();
    const answer = await app.fetch(new Request('http://localhost/api/ops/v1/openapi.json'));
    const document = (await answer.json()) as {
      openapi: string;
      paths: Record<string, Record<string, { operationId: string; description: string }>>;
    };
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId, description }]) => [
        method,
        path,
        operationId,
        description,
      ]),
    );

    expect(document.openapi).toBe('3.1.0');
    expect(described.sort()).toEqual(
      routes
        .map(({ method, path, id, role }) => [
          method,
          path,
          id,
          `Role: ${role === 'signedIn' ? 'any' : role}.`,
        ])
        .sort(),
    );
  });
});
