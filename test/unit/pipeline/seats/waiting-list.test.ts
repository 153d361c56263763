import { describe, expect, it } from '@jest/globals';
import { TransientError } from '../../../../shared/kernel/errors';
import { makeDrainGate } from '../../../../shared/pipeline/seats/drain-gate';
import { ems, userId } from '../../../support/pipeline-world';
import { drain, holdLease, minute, other, places, settle, worldWith } from '../support/waiting-world';
import type { World } from '../support/waiting-world';

const dueHint = (t: World) => t.sent.find((one) => one.kind === 'hint');

describe('a scarce SKU', () => {
  it('is given by the list in the same breath when seats are free', async () => {
    const t = worldWith({ enabled: 10, consumed: 9 });

    await t.decide();
    const operations = t.sent.filter(({ kind }) => kind === 'operation');
    const granted = places(t);
    await settle(t);

    expect(operations).toHaveLength(1);
    expect(granted).toMatchObject([{ id: userId, grantedUntil: expect.any(Number) }]);
    expect(t.state()?.outcome).toBe('licensed');
    expect(t.writes).toHaveLength(1);
    expect(places(t)).toEqual([]);
  });

  it.each([
    ['died in the middle of a round', 30_000],
    ['is in the middle of a round', 3_000],
  ])('is given, and no fallback before it, while another process %s', async (_, heldForMs) => {
    const t = worldWith({ enabled: 10, consumed: 9 });
    const heldUntil = t.now() + heldForMs;
    Object.assign(t.pipeline.leases, { take: async () => t.now() >= heldUntil });

    await t.decide();

    expect(places(t)).toMatchObject([{ id: userId, grantedUntil: expect.any(Number) }]);
    await settle(t);
    expect(t.state()?.outcome).toBe('licensed');
    expect(t.writes).toHaveLength(1);
  });

  it('is given in the same breath when another process has served the list meanwhile', async () => {
    const t = worldWith({ enabled: 10, consumed: 9 });
    const asked: number[] = [];
    holdLease(t, async () => {
      asked.push(t.now());
      for (const place of t.waiting.entries()) await t.waiting.reserve(place, t.now() + 5 * minute);
    });

    await t.decide();

    expect(t.sent.filter(({ kind }) => kind === 'operation')).toHaveLength(1);
    // For as long as the lease of a process that died may last, and no longer.
    const waitedMs = Math.max(...asked) - Math.min(...asked);
    expect(waitedMs).toBeGreaterThan(30_000);
    expect(waitedMs).toBeLessThan(40_000);
  });

  it('lists the user when none is free, and does not look again for hours', async () => {
    const t = worldWith({ enabled: 10, consumed: 10 });

    await t.decide();

    expect(places(t)).toEqual([{ id: userId, priority: 0, grantedUntil: null }]);
    expect(t.state()).toMatchObject({
      outcome: 'waiting',
      retry: { key: 'waiting' },
      reasons: [{ code: 'seats/exhausted' }],
    });
    const due = dueHint(t);
    expect(due?.kind === 'hint' && due.at - t.now()).toBeGreaterThanOrEqual(4 * 60 * minute);
  });

  it('is given when a seat comes free, by a hint and not by a look of the user’s own', async () => {
    const t = worldWith({ enabled: 10, consumed: 10 });
    await t.decide();
    t.world.seats = { enabled: 11, consumed: 10 };
    t.advance(minute);

    await drain(t);
    const hints = t.sent.filter((one) => one.kind === 'hint' && one.hint.source === 'waiting');
    t.sent.splice(0, t.sent.length, ...hints);
    await settle(t);

    expect(hints).toHaveLength(1);
    expect(t.state()?.outcome).toBe('licensed');
    expect(places(t)).toEqual([]);
  });

  it('has who waits on its list, also when another look took them off it meanwhile', async () => {
    const t = worldWith({ enabled: 10, consumed: 10 });
    const { properties } = t.world.user;
    properties['department'] = 'Research';
    await t.decide();
    t.advance(10 * minute);
    properties['department'] = 'Sales';
    const put = t.waiting.put.bind(t.waiting);
    Object.assign(t.waiting, {
      put: async (entry: Parameters<typeof put>[0]) => {
        Object.assign(t.waiting, { put });
        await put(entry);
        // Served at once, elsewhere, and by then the user has moved: the row says so already.
        properties['department'] = 'Research';
        await t.decide(t.hint({ source: 'waiting' }));
        properties['department'] = 'Sales';
      },
    });

    await t.decide(t.hint({ source: 'notification' }));

    expect(t.state()?.outcome).toBe('waiting');
    expect(places(t)).toMatchObject([{ id: userId }]);
  });

  it('is not given to a newcomer before those who wait', async () => {
    const t = worldWith({ enabled: 10, consumed: 9 });
    await t.waiting.put({
      skuId: ems,
      userId: other(1),
      userPrincipalName: null,
      priority: 0,
      since: 0,
      fallback: null,
    });

    await t.decide();

    expect(t.state()?.outcome).toBe('waiting');
    expect(places(t)).toMatchObject([
      { id: userId, grantedUntil: null },
      { id: other(1), grantedUntil: expect.any(Number) },
    ]);
  });

  it('stays listed and unwritten in mode observe', async () => {
    const t = worldWith({ enabled: 10, consumed: 9 });
    t.world.policyText = `mode: observe\n${t.world.policyText ?? ''}`;

    await t.decide();

    expect(places(t)).toEqual([]);
  });
});

describe('a place on the list', () => {
  it('is left by who is no longer entitled', async () => {
    const t = worldWith({ enabled: 10, consumed: 10 });
    await t.decide();
    t.world.user.properties['department'] = 'Legal';
    t.advance(minute);

    await t.decide(t.hint());

    expect(places(t)).toEqual([]);
  });

  it('is left by who is deleted', async () => {
    const t = worldWith({ enabled: 10, consumed: 10 });
    await t.decide();
    t.world.user.isThere = false;
    t.sent.length = 0;
    t.advance(minute);
    await t.decide(t.hint());

    while (await t.step());

    expect(t.state()).toMatchObject({ outcome: 'outOfScope' });
    expect(places(t)).toEqual([]);
  });

  it('is there once when the row could not be stored, and the message comes again', async () => {
    const t = worldWith({ enabled: 10, consumed: 10 });
    t.world.beforeCommit = async () => {
      throw new TransientError('store/unavailable', 'The tables are away');
    };
    const given = t.hint();
    await expect(t.decide(given)).rejects.toThrow('away');
    t.world.beforeCommit = async () => undefined;

    await t.decide(given, 2);

    expect(places(t)).toHaveLength(1);
    expect(t.state()?.outcome).toBe('waiting');
  });

  it('that no user needs is found out by the look its grant causes', async () => {
    const t = worldWith({ enabled: 10, consumed: 9 });
    t.hold([]);
    await t.waiting.put({
      skuId: ems,
      userId,
      userPrincipalName: null,
      priority: 0,
      since: 0,
      fallback: null,
    });

    await drain(t);
    await settle(t);

    expect(places(t)).toEqual([]);
    expect(t.writes).toEqual([]);
  });

  it('keeps its turn after a grant that ran out, once the user has been looked at', async () => {
    const t = worldWith({ enabled: 10, consumed: 10 });
    await t.decide();
    t.world.seats = { enabled: 11, consumed: 10 };
    await drain(t);
    t.world.seats = { enabled: 10, consumed: 10 };
    t.advance(6 * minute);

    await settle(t);

    expect(places(t)).toEqual([{ id: userId, priority: 0, grantedUntil: null }]);
    expect(t.writes).toEqual([]);
  });
});

describe('a process that dies between setting a seat aside and telling its user', () => {
  const waiter = () => {
    const t = worldWith({ enabled: 10, consumed: 10 });
    return t.decide().then(() => {
      t.sent.length = 0;
      t.world.seats = { enabled: 11, consumed: 10 };
      return t;
    });
  };
  /** The first call ends as a process does: nothing after it happens, and memory is lost. */
  const dieIn = async (t: World, object: object, method: string, before = true) => {
    const whole = Reflect.get(object, method) as (...given: unknown[]) => Promise<unknown>;
    Reflect.set(object, method, async (...given: unknown[]) => {
      Reflect.set(object, method, whole);
      if (!before) await whole.apply(object, given);
      throw new Error('killed');
    });
    await expect(drain(t)).rejects.toThrow('killed');
    Object.assign(t.pipeline, { drainGate: makeDrainGate() });
  };

  it.each([
    ['before the hint is sent', (t: World) => dieIn(t, t.pipeline.queues, 'sendHints')],
    ['before it is noted that the list was served', (t: World) => dieIn(t, t.waiting, 'noteServed')],
    ['right after the seat is set aside', (t: World) => dieIn(t, t.waiting, 'reserve', false)],
  ])('%s: the grant runs out, and the next drain serves the same user', async (_when, die) => {
    const t = await waiter();
    await die(t);
    const [stranded] = places(t);
    t.advance(minute);
    await drain(t);
    const early = t.sent.length;
    t.advance(5 * minute);

    await drain(t);
    await settle(t);

    expect(stranded?.grantedUntil).not.toBeNull();
    expect(early).toBe(0);
    expect(t.state()?.outcome).toBe('licensed');
    expect(t.writes).toHaveLength(1);
    expect(places(t)).toEqual([]);
  });

  it('lets a look of the user’s own use the seat meanwhile', async () => {
    const t = await waiter();
    await dieIn(t, t.pipeline.queues, 'sendHints');

    await t.decide(t.hint({ source: 'operator' }));
    await settle(t);

    expect(t.state()?.outcome).toBe('licensed');
    expect(t.writes).toHaveLength(1);
    expect(places(t)).toEqual([]);
  });

  it('leaves the seats that others were to have to those others', async () => {
    const t = await waiter();
    t.world.seats = { enabled: 12, consumed: 10 };
    const entry = { skuId: ems, userPrincipalName: null, priority: 0, fallback: null };
    await t.waiting.put({ ...entry, userId: other(8), since: t.now() + 1 });
    await t.waiting.put({ ...entry, userId: other(9), since: t.now() + 2 });
    await dieIn(t, t.pipeline.queues, 'sendHints');
    t.advance(5 * minute);

    await drain(t);

    const now = t.now();
    const valid = places(t).filter(({ grantedUntil }) => grantedUntil !== null && grantedUntil > now);
    // Two seats: the user who was not reached the last time goes first, then in the order of service.
    expect(valid.map(({ id }) => id).sort()).toEqual([userId, other(9)].sort());
  });
});
