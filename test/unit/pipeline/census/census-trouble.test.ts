import { describe, expect, it } from '@jest/globals';
import { GraphError } from '../../../../shared/graph/refusals/graph-error';
import { ConcurrencyError, PermanentError } from '../../../../shared/kernel/errors';
import { readCensus, walkCensus } from '../../../../shared/pipeline/census/walk-census';
import { userId } from '../../../support/user-states';
import { quietTask } from '../../../support/quiet-task';
import { entitled, makeTenantWorld } from '../support/tenant-world';

describe('a census in trouble', () => {
  it('goes on past users whose row in the list cannot be read: they are looked at like everybody', async () => {
    const tenant = makeTenantWorld(300, 100);
    const strange = entitled(tenant.people).slice(0, 3);
    for (const id of strange) tenant.odd.add(id);

    const state = await tenant.walkToTheEnd();

    expect(state.counts).toMatchObject({ users: 300, unsettled: 0 });
    expect([...tenant.writes].sort()).toEqual(entitled(tenant.people).sort());
  });

  it('passes by users whose rows cannot be read: each is a failure, and all others have their outcome', async () => {
    const tenant = makeTenantWorld(300, 100);
    const damaged = new Set([userId(7), userId(150)]);
    const read = tenant.pipeline.users.read.bind(tenant.pipeline.users);
    tenant.pipeline.users.read = async (id) => {
      if (damaged.has(id)) throw new PermanentError('store/unreadable-user', `users ${id} state`);
      return read(id);
    };

    const state = await tenant.walkToTheEnd();

    expect(state.counts).toMatchObject({ users: 300, unsettled: 0 });
    expect(new Set(tenant.failures.map(({ subject }) => subject))).toEqual(damaged);
    expect([...tenant.writes].sort()).toEqual(
      entitled(tenant.people)
        .filter((id) => !damaged.has(id))
        .sort(),
    );
  });

  it('goes on at the page where it crashed, and repeats no more than that page', async () => {
    const tenant = makeTenantWorld(600, 100);
    tenant.calls.fail = async (page) => {
      if (page === 4) throw new Error('killed');
    };
    await expect(walkCensus(tenant.pipeline, quietTask)).rejects.toThrow('killed');
    const before = (await readCensus(tenant.pipeline)).state;

    const after = await tenant.walkToTheEnd();

    expect(before).toMatchObject({ phase: 'users', link: '300', counts: { users: 300 } });
    expect(after.id).toBe(before?.id);
    expect(after.counts.users).toBe(600);
    expect(tenant.calls.pages).toBe(7);
    expect([...tenant.writes].sort()).toEqual(entitled(tenant.people).sort());
  });

  it.each([
    ['badRequest', 'Skip token is invalid'],
    ['unknown', 'Words that are nowhere documented'],
    ['gone', 'Resource was not found'],
    ['syncStateLost', 'The token value has expired'],
  ] as const)('begins anew when Graph no longer knows the link (%s)', async (errorClass, text) => {
    const tenant = makeTenantWorld(30, 10);
    tenant.calls.fail = async (page) => {
      if (page === 2) throw new GraphError(errorClass, text, { status: 400 });
    };

    const state = await tenant.walkToTheEnd();

    expect(state.counts).toMatchObject({ users: 30, unsettled: 0 });
    expect([...tenant.writes].sort()).toEqual(entitled(tenant.people).sort());
  });

  it('stops when another instance has moved the place, and leaves it to it', async () => {
    const tenant = makeTenantWorld(300, 100);
    tenant.calls.fail = async (page) => {
      const cursor = tenant.cursors.get('census');
      if (page === 2 && cursor) tenant.cursors.set('census', { ...cursor, etag: 'moved' });
    };

    await expect(walkCensus(tenant.pipeline, quietTask)).rejects.toBeInstanceOf(ConcurrencyError);
  });
});
