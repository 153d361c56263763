import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { makeOpsWorld, people } from '../../support/ops-world';

it('a session that ends between question and answer: signed in again, one effect and one audit entry', async () => {
  const world = await makeOpsWorld();
  const { call, token, advance, audit } = world;
  const bearer = await token('operator');
  const headers = { 'idempotency-key': randomUUID() };
  const answer = { scope: 'apply', why: 'typed for an hour' };
  expect((await call('operator', 'GET', '/pauses', undefined, { bearer })).status).toBe(200);

  advance(3_600_000 + 61_000);
  const refused = await call('operator', 'POST', '/pauses', answer, { bearer, headers });
  expect(refused).toMatchObject({ status: 401, body: { code: 'ops/token-expired' } });
  expect(await world.ops.services.control.pauses()).toEqual([]);
  expect(audit).toEqual([]);

  const again = { bearer: await token('operator'), headers };
  const done = await call('operator', 'POST', '/pauses', answer, again);
  const repeated = await call('operator', 'POST', '/pauses', answer, again);

  expect(done).toMatchObject({ status: 200, body: { isChanged: true } });
  expect(repeated.body).toEqual(done.body);
  expect(await world.ops.services.control.pauses()).toHaveLength(1);
  expect(audit).toMatchObject([{ action: 'pause/set', result: 'done', byId: people.operator.oid }]);
});
