import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toSkuId } from '../../../shared/kernel/ids';
import { routes } from '../../../shared/ops-api/routes/all-routes';
import { startOpsOverTables } from '../../support/memory/ops-tables';
import { isScan } from '../../../bench/ops-cloud/table-recorder';
import { waitUntil } from '../../support/wait-until';
import { userId, userState } from '../../support/user-states';
import { recordRound } from '../../../shared/pipeline/intake/delta-round';
import { makeAttentionNoter } from '../../../shared/pipeline/observed/note-attention';

const ems = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');

let world: Awaited<ReturnType<typeof startOpsOverTables>>;
let user: string;
beforeAll(async () => {
  world = await startOpsOverTables();
  user = world.graph.newUser({ displayName: 'Ann Bakker', department: 'Sales' });
  const { stores, now } = world;
  for (const [number, outcome] of ['licensed', 'blocked', 'waiting', 'failed'].entries()) {
    const id = userId(number);
    const waits = outcome === 'waiting';
    const state = userState({
      outcome,
      userPrincipalName: `${outcome}@contoso.com`,
      reasons: [{ code: 'license/kept', text: `is ${outcome}` }],
      skus: waits
        ? [{ skuId: ems, outcome: 'waiting', reason: { code: 'seats/none', text: 'no seat' } }]
        : [],
      decidedAt: now() - number,
    } as never);
    await stores.users.commit(await stores.users.read(id), { state });
    if (waits) {
      await stores.waiting.put({
        skuId: ems,
        userId: id,
        userPrincipalName: 'waiting@contoso.com',
        priority: 1,
        since: now(),
        fallback: null,
      });
    }
  }
  await stores.failures.record(
    {
      subject: userId(3),
      class: 'unknown',
      reason: { code: 'graph/refused', text: 'refused' },
      suggestedRepair: 'Look.',
      facts: {},
    } as never,
    now(),
  );
  await recordRound({ cursors: stores.cursors, clock: world.ops.services.clock }, null);
  await world.observe();
  await world.call('viewer', 'POST', '/plans', { users: [user] });
  await world.work();
  world.tables.take();
});
afterAll(() => world?.close());

describe('the overview', () => {
  it('takes five requests to the tables, and tells what observe counted and saw', async () => {
    // What a process remembers is read by its first answer.
    await world.call('viewer', 'GET', '/overview');
    world.advance(20_000);
    world.tables.take();

    const { status, body } = await world.call('viewer', 'GET', '/overview');
    const requests = world.tables.take();

    expect(status).toBe(200);
    expect(body).toMatchObject({
      missing: [],
      users: { outcomes: { licensed: 1, blocked: 1, waiting: 1, failed: 1 }, total: 4 },
      failures: { classes: [{ class: 'unknown', count: 1 }] },
      longest: [{ kind: 'failed' }, { kind: 'waiting', reason: 'no seat' }, { kind: 'blocked' }],
      quota: { perSecond: 16, closedUntil: null },
      sources: { notifications: { isUsed: false, lastAt: null } },
    });
    expect(body['seats']).toEqual(
      expect.arrayContaining([expect.objectContaining({ skuPartNumber: 'EMS', waiting: 1 })]),
    );
    expect(requests.map(({ path }) => /\/(\w+)\(/.exec(path)?.[1]).sort()).toEqual([
      'control',
      'counters',
      'cursors',
      'policies',
      'rollouts',
    ]);
    const { at, countedAt, seatsAt } = body as { at: string; countedAt: string; seatsAt: string };
    expect(Date.parse(at) - Date.parse(countedAt)).toBeLessThanOrEqual(3 * 60_000);
    expect(Date.parse(at) - Date.parse(seatsAt)).toBeLessThanOrEqual(3 * 60_000);
  });

  it('reads for itself, in 12 requests at most, where observe has not run for longer than a run takes', async () => {
    world.advance(60_000);
    world.tables.take();
    const { body } = await world.call('viewer', 'GET', '/overview');
    const requests = world.tables.take();

    expect(body).toMatchObject({
      missing: [],
      users: { total: 4 },
      sources: { notifications: { lastAt: null } },
    });
    expect(requests.length).toBeLessThanOrEqual(12);
    const ofCursors = requests.filter(({ path }) => path.includes('/cursors'));
    // One row beside what `observe` saw, and all of them when that is found to be old.
    expect(ofCursors.flatMap(({ filter }) => filter ?? [])).toEqual([
      expect.stringContaining("RowKey ne 'groups-nested'"),
    ]);
    expect(ofCursors).toHaveLength(2);
    await world.observe();
  });

  it('adds what processes wrote down since, and says what is old', async () => {
    const { stores, now, advance, call } = world;
    await stores.counters.add({
      at: now() + 1,
      process: 'p',
      counts: { 'users.licensed': 2, 'users.blocked': -1, [`waiting.${ems}`]: 3 },
    });
    const { body } = await call('viewer', 'GET', '/overview');

    expect(body).toMatchObject({ users: { outcomes: { licensed: 3, waiting: 1, failed: 1 }, total: 5 } });
    expect(body['status']).toMatchObject({
      causes: expect.arrayContaining([expect.objectContaining({ code: 'seats/out', users: 4 })]),
    });

    advance(4 * 60_000);
    expect((await call('viewer', 'GET', '/status')).body).toMatchObject({
      verdict: 'unknown',
      causes: expect.arrayContaining([expect.objectContaining({ code: 'counts/old' })]),
    });
    await world.observe();
    world.tables.take();
  });
});

/** What stands for the parameters and the query of a route. */
function pathOf(path: string): string {
  const values: Readonly<Record<string, string>> = {
    queue: 'license-changes',
    subject: user,
    user,
    hash: 'active',
    sku: 'EMS',
    rollout: 'none',
    id: 'none',
  };
  const query = path === '/attention' ? '?kind=waiting' : '';
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? '')) + query;
}

describe('no request reads a table from end to end', () => {
  let observedAt = 0;
  it.each(routes.filter(({ method }) => method === 'get').map(({ path, id }) => [path, id]))(
    'GET %s',
    async (path) => {
      world.advance(10_000);
      // What was counted is good for three minutes.
      if (world.now() - observedAt > 120_000) {
        await world.observe();
        observedAt = world.now();
      }
      world.tables.take();

      const { status, body } = await world.call('viewer', 'GET', pathOf(path));
      const requests = world.tables.take();

      expect([200, 404]).toContain(status);
      expect(status === 404 ? body['code'] : null).toEqual(
        status === 404 ? expect.stringMatching(/unknown/) : null,
      );
      expect(requests.filter(isScan)).toEqual([]);
    },
  );

  it('as the timer observe does, which this recorder sees', async () => {
    world.tables.take();
    await world.observe();
    expect(world.tables.take().filter(isScan).length).toBeGreaterThan(0);
  });
});

describe('the index of users who are not done', () => {
  it('follows the rows, gives pages, and is made anew after a census', async () => {
    const { stores, now, call } = world;
    const note = makeAttentionNoter(stores.attention, (error) => {
      throw error;
    });
    const blocked = userState({ outcome: 'blocked', decidedAt: now() });
    for (let number = 10; number < 13; number++)
      note({ userId: userId(number), before: null, after: blocked });
    const page = async (cursor?: string) =>
      (
        await call(
          'viewer',
          'GET',
          `/attention?kind=blocked&limit=2${cursor === undefined ? '' : `&cursor=${cursor}`}`,
        )
      ).body as never as { items: { id: string }[]; next: string | null };
    // Noting is not awaited by who changes a row.
    await waitUntil('they are noted', async () => {
      const found = [];
      for await (const { userId: id } of stores.attention.list('blocked')) found.push(id);
      return found.length === 4;
    });
    const first = await page();
    const second = await page(first.next ?? '');
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([1, 10, 11, 12].map(userId));
    expect(second.next).toBeNull();

    note({ userId: userId(10), before: blocked, after: userState({ outcome: 'licensed' }) });
    await waitUntil('it is noted', async () => (await page()).items.every(({ id }) => id !== userId(10)));
  });
});
