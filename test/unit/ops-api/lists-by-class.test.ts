import { describe, expect, it } from '@jest/globals';
import { toSkuId } from '../../../shared/kernel/ids';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import { makeStoresOver } from '../../../shared/store/tables/table-stores';
import { MemoryTables } from '../../../rehearsal/world/tables/memory-tables';
import { makeOpsWorld } from '../../support/ops-world';
import { makePipelineWorld } from '../../support/pipeline-world';
import { userId } from '../../support/user-states';

const ems = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');

type List = { readonly items: readonly Record<string, unknown>[]; readonly next: string | null };

describe('failures', () => {
  async function withFailures(count: number) {
    const pipeline = makePipelineWorld();
    const tools = { clock: pipeline.pipeline.clock, random: seededRandom(1), logger: silentLogger };
    const { failures } = makeStoresOver(new MemoryTables().access(tools), tools);
    const world = await makeOpsWorld({}, { failures }, {}, pipeline);
    for (let number = 0; number < count; number++) {
      await world.ops.services.failures.record(
        {
          subject: userId(number),
          class: 'unknown',
          reason: { code: 'graph/unknown', text: 'refused' },
          suggestedRepair: 'Look.',
          facts: {},
        },
        world.now() + number,
      );
    }
    return world;
  }

  it('have their classes under an address of their own, which is no subject', async () => {
    const { call } = await withFailures(3);

    const { status, body } = await call('viewer', 'GET', '/failures/classes');

    expect(status).toBe(200);
    expect(body).toMatchObject({
      items: [{ class: 'unknown', kind: 'failure', count: 3, repair: 'Look.' }],
      next: null,
      total: { value: 3, exact: true },
      missing: [],
    });
    expect((await call('viewer', 'GET', '/failures/classes?state=dismissed')).body).toMatchObject({
      items: [],
      total: { value: 0 },
    });
  });

  it('come page after page by cursor, each once, and the cursor is good for this list alone', async () => {
    const { call } = await withFailures(5);
    const subjects: unknown[] = [];
    let next: string | null = null;
    let first: string | null = null;
    do {
      const cursor = next === null ? '' : `&cursor=${next}`;
      const { body } = await call('viewer', 'GET', `/failures?limit=2${cursor}`);
      subjects.push(...(body['entries'] as { subject: string }[]).map(({ subject }) => subject));
      next = body['next'] as string | null;
      first ??= next;
    } while (next !== null);

    expect([...subjects].sort()).toEqual([0, 1, 2, 3, 4].map(userId));
    expect((await call('viewer', 'GET', `/failures?state=dismissed&cursor=${first ?? ''}`)).status).toBe(400);
  });
});

describe('the waiting list of a SKU', () => {
  it('comes page after page by cursor, in the order in which users get a seat', async () => {
    const world = await makeOpsWorld();
    for (const [number, priority] of [1, 9, 5].entries()) {
      await world.ops.services.waiting.put({
        ...{ skuId: ems, userId: userId(number), userPrincipalName: null },
        ...{ priority, since: world.now(), fallback: null },
      });
    }
    const read = async (path: string) => (await world.call('viewer', 'GET', path)).body as never as List;

    const first = await read('/waiting/EMS?limit=2');
    const second = await read(`/waiting/EMS?limit=2&cursor=${first.next ?? ''}`);

    expect(first).toMatchObject({
      skuId: ems,
      skuPartNumber: 'EMS',
      total: { value: 3, exact: true },
    });
    expect(first.items.map(({ position, userId: id }) => [position, id])).toEqual([
      [1, userId(1)],
      [2, userId(2)],
    ]);
    expect([second.items.map(({ userId: id }) => id), second.next]).toEqual([[userId(0)], null]);
  });

  it('of a SKU that the tenant does not have is 404', async () => {
    const { call } = await makeOpsWorld();

    expect((await call('viewer', 'GET', '/waiting/NO_SUCH')).body).toMatchObject({
      status: 404,
      code: 'ops/unknown-sku',
    });
  });
});

describe('a purge', () => {
  it('is of dead letters alone: to ask for what is active is wrong', async () => {
    const { call, setLetters, lettersLeft, approvals } = await makeOpsWorld();
    setLetters(['1']);
    const purge = (state: string) =>
      call('operator', 'POST', '/queues/directory-changes/purge', { state, why: 'a test' });

    expect((await purge('active')).status).toBe(400);
    for await (const stored of approvals.list()) expect(stored).toBeUndefined();
    expect((await purge('dead')).status).toBe(202);
    expect(lettersLeft()).toBe(1);
  });
});
