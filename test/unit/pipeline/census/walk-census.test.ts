import { describe, expect, it } from '@jest/globals';
import type { UserId } from '../../../../shared/kernel/ids';
import type { Services } from '../../../../shared/pipeline/services';
import { requestCensus } from '../../../../shared/pipeline/census/census-state';
import { requestNightlyCensus } from '../../../../shared/pipeline/census/find-next-census';
import { readCensus, walkCensus } from '../../../../shared/pipeline/census/walk-census';
import { ems, intune } from '../../../support/pipeline-world';
import { quietTask } from '../../../support/quiet-task';
import { entitled, makeTenantWorld } from '../support/tenant-world';

describe('a census', () => {
  it.each([1, 2, 3])(
    'leaves no user in scope of tenant %p without an outcome, and writes once each',
    async (seed) => {
      const tenant = makeTenantWorld(700, 150, seed);

      const state = await tenant.walkToTheEnd();

      const members = [...tenant.people].filter(([, one]) => !one.isGuest).map(([id]) => id);
      expect(state.counts).toMatchObject({ users: 700, inScope: members.length, unsettled: 0 });
      expect(members.filter((id) => !tenant.rows.get(id)?.state?.outcome)).toEqual([]);
      expect([...tenant.writes].sort()).toEqual(entitled(tenant.people).sort());
      expect(tenant.rows.size).toBe(members.length);
    },
  );

  it('never has more hints in the queue than a portion and a remainder', async () => {
    const tenant = makeTenantWorld(2_000, 999);
    tenant.world.deaf = true;
    let most = 0;
    const pipeline: Services = {
      ...tenant.pipeline,
      queues: {
        ...tenant.pipeline.queues,
        sendHints: async (hints, options) => {
          await tenant.pipeline.queues.sendHints(hints, options);
          most = Math.max(most, tenant.hints.length);
        },
      },
    };

    await walkCensus(pipeline, quietTask);

    expect(most).toBe(400);
    expect((await readCensus(pipeline)).state?.phase).toBe('users');
  });

  it('is a matter of reading when all is well: no hint, no row, no write', async () => {
    const tenant = makeTenantWorld(300, 100);
    await tenant.walkToTheEnd();
    const rows = new Map(tenant.rows);
    const writes = [...tenant.writes];
    tenant.advance(86_400_000);
    await requestCensus(tenant.pipeline.cursors, {
      at: tenant.pipeline.clock.now(),
      by: 'ann',
      reason: 'asked for',
    });

    const second = await tenant.walkToTheEnd();

    expect(second).toMatchObject({ by: 'ann', counts: { looks: 0, withoutOutcome: 0, drifted: 0 } });
    expect(tenant.rows).toEqual(rows);
    expect(tenant.writes).toEqual(writes);
  });

  it('counts users of whom the deltas told nothing, unless it is the first one', async () => {
    const gaps: string[] = [];
    const tenant = makeTenantWorld(60, 30);
    Object.assign(tenant.pipeline.metrics, {
      gap: (source: string, by: string) => gaps.push(`${source} by ${by}`),
    });
    const first = await tenant.walkToTheEnd();
    expect([first.counts.untold, gaps]).toEqual([0, []]);
    const [forgotten] = entitled(tenant.people) as [UserId];
    tenant.rows.delete(forgotten);
    tenant.advance(86_400_000);
    await requestCensus(tenant.pipeline.cursors, {
      at: tenant.pipeline.clock.now(),
      by: 'licenser',
      reason: 'nightly',
    });

    const second = await tenant.walkToTheEnd();

    expect(second.counts).toMatchObject({ untold: 1, unsettled: 0 });
    expect(gaps).toEqual(['delta by census']);
  });

  it('counts no user who was there before the app in the first census, also without one at the first start', async () => {
    const gaps: string[] = [];
    const tenant = makeTenantWorld(60, 30);
    Object.assign(tenant.pipeline.settings, { firstCensus: false });
    Object.assign(tenant.pipeline.metrics, { gap: (source: string) => gaps.push(source) });
    await requestNightlyCensus(tenant.pipeline);

    const first = await tenant.walkToTheEnd();

    expect(first).toMatchObject({ reason: 'nightly', counts: { untold: 0, unsettled: 0 } });
    expect(gaps).toEqual([]);
  });

  it('finds licenses that people took away or changed, names them, and has them set right', async () => {
    const tenant = makeTenantWorld(60, 30);
    await tenant.walkToTheEnd();
    const [taken, widened] = entitled(tenant.people) as [UserId, UserId];
    tenant.people.get(taken)!.licenses = [];
    tenant.people.get(widened)!.licenses = [{ skuId: ems, disabledPlans: [] }];
    // A name that no row knows yet.
    tenant.people.get(taken)!.name = 'ann@contoso.com';
    tenant.advance(86_400_000);
    await requestCensus(tenant.pipeline.cursors, {
      at: tenant.pipeline.clock.now(),
      by: 'licenser',
      reason: 'nightly',
    });

    const second = await tenant.walkToTheEnd();

    expect(second.counts).toMatchObject({ drifted: 2, looks: 2, unsettled: 0 });
    expect(second.drift.map(({ id }) => id).sort()).toEqual([taken, widened].sort());
    const nameOf = (wanted: UserId) => second.drift.find(({ id }) => id === wanted)?.userPrincipalName;
    expect([nameOf(taken), nameOf(widened)]).toEqual(['ann@contoso.com', null]);
    const licensed = [{ skuId: ems, disabledPlans: [intune] }];
    expect([taken, widened].map((id) => tenant.people.get(id)?.licenses)).toEqual([licensed, licensed]);
    expect(tenant.rows.get(taken)?.state?.reasons[0]?.code).toBe('drift/assigned-again');
  });

  it('has users looked at who are known and not in the directory any more', async () => {
    const tenant = makeTenantWorld(40, 30);
    await tenant.walkToTheEnd();
    const [gone] = entitled(tenant.people) as [UserId];
    tenant.people.delete(gone);
    await requestCensus(tenant.pipeline.cursors, {
      at: tenant.pipeline.clock.now() + 1,
      by: 'licenser',
      reason: 'nightly',
    });

    const second = await tenant.walkToTheEnd();

    expect(second.counts).toMatchObject({ gone: 1, unsettled: 0 });
    expect(tenant.rows.get(gone)?.state?.missingSince).not.toBeNull();
  });

  it('puts users back on the waiting lists that their rows say they are on', async () => {
    const tenant = makeTenantWorld(40, 30);
    tenant.world.seats.enabled = 0;
    await tenant.walkToTheEnd();
    const waits = entitled(tenant.people);
    const places = () =>
      tenant.waiting
        .entries()
        .map(({ userId: id }) => id)
        .sort();
    expect(places()).toEqual([...waits].sort());
    for (const id of waits.slice(0, 3)) await tenant.waiting.remove(id);
    await requestCensus(tenant.pipeline.cursors, {
      at: tenant.pipeline.clock.now() + 1,
      by: 'ann',
      reason: 'asked for',
    });

    const second = await tenant.walkToTheEnd();

    expect(second.counts).toMatchObject({ listed: 3, unlisted: 0, looks: 0 });
    expect(places()).toEqual([...waits].sort());
    expect(tenant.writes).toEqual([]);
  });

  it('reports who still has no outcome half an hour after they were to be looked at', async () => {
    const tenant = makeTenantWorld(50, 30);
    tenant.world.deaf = true;

    const state = await tenant.walkToTheEnd();

    expect(state.counts.unsettled).toBe(state.counts.inScope);
    expect(state.unsettled.length).toBe(20);
  });

  it('waits for delta to be followed before the first one', async () => {
    const tenant = makeTenantWorld(10, 10);
    tenant.cursors.delete('users-delta');

    await walkCensus(tenant.pipeline, quietTask);

    expect((await readCensus(tenant.pipeline)).state).toBeUndefined();
  });

  it('is not begun by itself where LICENSER_FIRST_CENSUS is off', async () => {
    const tenant = makeTenantWorld(10, 10);
    const pipeline = { ...tenant.pipeline, settings: { ...tenant.pipeline.settings, firstCensus: false } };

    await walkCensus(pipeline, quietTask);

    expect((await readCensus(pipeline)).state).toBeUndefined();
  });
});
