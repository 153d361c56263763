import { describe, expect, it, jest } from '@jest/globals';
import { TransientError } from '../../../../shared/kernel/errors';
import { serveNow } from '../../../../shared/pipeline/seats/drain-waiting';
import { ems, refusal, userId } from '../../../support/pipeline-world';
import { drain, holdLease, minute, other, places, settle, worldWith } from '../support/waiting-world';
import type { World } from '../support/waiting-world';

describe('a seat that the book has and Graph refuses', () => {
  it('is asked for once; then the list rests, and the user keeps their place', async () => {
    const t = worldWith({ enabled: 10, consumed: 9 });
    t.world.beforeWrite = async () => {
      throw refusal('seats');
    };

    await t.decide();
    await settle(t);
    await drain(t);
    await settle(t);

    expect(t.writes).toHaveLength(1);
    expect(t.state()?.outcome).toBe('waiting');
    expect(places(t)).toEqual([{ id: userId, priority: 0, grantedUntil: null }]);
  });

  it('is tried again half a minute later', async () => {
    const t = worldWith({ enabled: 10, consumed: 9 });
    let refusing = true;
    t.world.beforeWrite = async () => {
      if (refusing) throw refusal('seats');
    };
    await t.decide();
    await settle(t);
    refusing = false;
    t.advance(31_000);

    await drain(t);
    await settle(t);

    expect(t.state()?.outcome).toBe('licensed');
    expect(t.writes).toHaveLength(2);
  });
});

describe('the drain', () => {
  const listMany = async (t: World, count: number) => {
    for (let number = 1; number <= count; number++) {
      await t.waiting.put({
        skuId: ems,
        userId: other(number),
        userPrincipalName: null,
        priority: number % 2,
        since: number,
        fallback: null,
      });
    }
  };
  const grantedTo = (t: World) =>
    places(t)
      .filter(({ grantedUntil }) => grantedUntil !== null)
      .map(({ id }) => Number(id.slice(-4)));

  it('tells no user of a seat who is just being handled', async () => {
    const t = worldWith({ enabled: 10, consumed: 0 });
    await listMany(t, 3);

    await Promise.all([serveNow(t.pipeline, t.task, other(1)), serveNow(t.pipeline, t.task, other(2))]);

    expect(grantedTo(t).sort()).toEqual([1, 2, 3]);
    const told = t.sent.flatMap((one) => (one.kind === 'hint' ? [one.hint.user.id] : []));
    expect(told).not.toContain(other(1));
  });

  it('is not asked again at once for a SKU whose last seat it has set aside', async () => {
    const t = worldWith({ enabled: 10, consumed: 9 });
    await listMany(t, 1);
    await drain(t);
    const reads = jest.spyOn(t.pipeline.directory, 'listSkus');

    await t.decide();

    expect(t.state()?.outcome).toBe('waiting');
    expect(reads).not.toHaveBeenCalled();
  });

  it('sets aside no more seats than are free, by priority, however often it runs', async () => {
    const t = worldWith({ enabled: 10, consumed: 7 });
    await listMany(t, 6);

    await drain(t);
    await drain(t);

    expect(grantedTo(t).sort()).toEqual([1, 3, 5]);
    expect(t.sent).toHaveLength(3);
  });

  it('counts no seat as given out, and tells no user, where the place on the list has changed meanwhile', async () => {
    const t = worldWith({ enabled: 10, consumed: 6 });
    await listMany(t, 3);
    const reserve = t.waiting.reserve.bind(t.waiting);
    t.waiting.reserve = async (entry, until) => entry.userId !== other(1) && reserve(entry, until);

    await drain(t);

    expect(grantedTo(t).sort()).toEqual([2, 3]);
    expect(t.sent.map((one) => one.kind === 'hint' && one.hint.user.id).sort()).toEqual([other(2), other(3)]);
    expect((await t.waiting.service(ems)).left?.seats).toBe(2);
  });

  it('serves a crowd in portions', async () => {
    const t = worldWith({ enabled: 1_000, consumed: 0 });
    await listMany(t, 100);

    await drain(t);

    expect(grantedTo(t)).toHaveLength(64);
  });

  it('gives the seat of a grant that ran out to the next', async () => {
    const t = worldWith({ enabled: 10, consumed: 9 });
    await listMany(t, 3);
    await drain(t);
    const [first] = grantedTo(t);
    t.advance(5 * minute);

    await drain(t);

    const now = t.now();
    const valid = places(t).filter(({ grantedUntil }) => grantedUntil !== null && grantedUntil > now);
    expect([first, ...valid.map(({ id }) => Number(id.slice(-4)))]).toEqual([1, 3]);
  });

  it.each(['apply', 'intake', `sku:${ems}`])('sets nothing aside while %s is paused', async (scope) => {
    const t = worldWith({ enabled: 10, consumed: 0 });
    await listMany(t, 2);
    await t.pipeline.control.pause({ scope, origin: 'operator', reason: '', by: 'x', at: 0, probedAt: null });

    await drain(t);

    expect(grantedTo(t)).toEqual([]);
  });

  it('leaves the lists to the holder of the lease', async () => {
    const t = worldWith({ enabled: 10, consumed: 0 });
    await listMany(t, 2);
    holdLease(t);
    const startedAt = t.now();

    await drain(t);

    expect(grantedTo(t)).toEqual([]);
    // No user is in hand: nothing is lost by going.
    expect(t.now() - startedAt).toBeLessThan(1_000);
    expect(t.pipeline.drainGate.running).toBeUndefined();
  });

  it('serves all who came while another process held the lease in one round, and tells none of them', async () => {
    const t = worldWith({ enabled: 10, consumed: 8 });
    await listMany(t, 3);
    const heldUntil = t.now() + 30_000;
    Object.assign(t.pipeline.leases, { take: async () => t.now() >= heldUntil });
    const reads = jest.spyOn(t.pipeline.directory, 'listSkus');

    const served = await Promise.all([
      serveNow(t.pipeline, t.task),
      serveNow(t.pipeline, t.task, other(1)),
      serveNow(t.pipeline, t.task, other(2)),
    ]);

    // The one without a user went; two of three wait for two seats, and user 1 has the higher priority.
    expect(served).toEqual([false, true, true]);
    expect(grantedTo(t).sort()).toEqual([1, 3]);
    expect(reads).toHaveBeenCalledTimes(1);
    const told = t.sent.flatMap((one) => (one.kind === 'hint' ? [one.hint.user.id] : []));
    expect(told).toEqual([other(3)]);
    expect(t.pipeline.drainGate).toMatchObject({ running: undefined, next: undefined });
  });

  it('is free again when the tables fail while another process holds the lease', async () => {
    const t = worldWith({ enabled: 10, consumed: 8 });
    await listMany(t, 1);
    const { leases } = t.pipeline;
    const take = leases.take.bind(leases);
    let tries = 0;
    Object.assign(leases, {
      take: async () => {
        if (++tries === 3) throw new TransientError('store/unavailable', 'the tables are away');
        return false;
      },
    });

    await expect(serveNow(t.pipeline, t.task, other(1))).rejects.toThrow('the tables are away');
    Object.assign(leases, { take });

    expect(await serveNow(t.pipeline, t.task, other(1))).toBe(true);
    expect(grantedTo(t)).toEqual([1]);
  });

  it('goes round again for who was listed while it ran', async () => {
    const t = worldWith({ enabled: 10, consumed: 8 });
    await listMany(t, 1);
    const { queues } = t.pipeline;
    const sendHints = queues.sendHints.bind(queues);
    let next = Promise.resolve();
    Object.assign(queues, {
      sendHints: async (...given: Parameters<typeof sendHints>) => {
        await sendHints(...given);
        Object.assign(queues, { sendHints });
        await listMany(t, 2);
        next = Promise.all([drain(t), drain(t)]).then(() => undefined);
      },
    });
    const reads = jest.spyOn(t.pipeline.directory, 'listSkus');

    await drain(t);
    await next;

    expect(grantedTo(t).sort()).toEqual([1, 2]);
    // Two rounds for three who asked.
    expect(reads).toHaveBeenCalledTimes(2);
  });
});
