import { describe, expect, it } from '@jest/globals';
import type { LongOperation } from '../../../shared/store/ports/ops/operator-request';
import { makeOpsWorld, people } from '../../support/ops-world';

type Page = { items: Record<string, unknown>[]; next: string | null; isPartial: boolean };
type World = Awaited<ReturnType<typeof makeOpsWorld>>;

/** Follows `next` to the end. */
async function pagesOf(world: World, path: string): Promise<readonly Page[]> {
  const pages: Page[] = [];
  for (let cursor = ''; ;) {
    const { status, body } = await world.call('operator', 'GET', `${path}${cursor}`);
    expect(status).toBe(200);
    const page = body as unknown as Page;
    pages.push(page);
    if (page.next === null) return pages;
    cursor = `&cursor=${page.next}`;
  }
}

const operation = (id: string): LongOperation => ({
  route: 'applyUsers',
  input: {},
  asker: { id, name: 'n', kind: 'user', roles: ['Operator'], via: 'cli' },
  why: null,
  requestId: 'r',
  auditKey: null,
  approvalId: null,
  state: 'done',
  askedAt: 1,
  startedAt: 1,
  endedAt: 1,
  beatAt: null,
  attempts: 1,
  sentAt: null,
  progress: null,
  result: null,
  problem: null,
});

describe('a list with a filter', () => {
  it('of the audit looks at 2,000 entries a call, says that it is partial, and goes on', async () => {
    const world = await makeOpsWorld();
    const { audit } = world.ops.services;
    const entry = { by: 'ann', action: 'pause/set', subject: 'apply', why: null, facts: {} };
    await audit.record({ ...entry, at: 1, subject: 'wanted' });
    for (let at = 2; at <= 4_500; at++) await audit.record({ ...entry, at });
    let looked = 0;
    const list = audit.list.bind(audit);
    world.ops.services.audit.list = async function* (filter) {
      for await (const one of list(filter)) {
        looked++;
        yield one;
      }
    };

    const pages = await pagesOf(world, '/audit?subject=wanted');

    expect(pages.map(({ items, isPartial }) => [items.length, isPartial])).toEqual([
      [0, true],
      [0, true],
      [1, false],
    ]);
    expect(looked).toBe(4_500);

    looked = 0;
    const first = (await world.call('viewer', 'GET', '/audit?limit=10')).body as unknown as Page;
    expect([first.items.length, first.isPartial, looked]).toEqual([10, false, 11]);
  });

  it('of my operations looks at 1,000 a call', async () => {
    const world = await makeOpsWorld();
    const name = (number: number) => `op-${String(number).padStart(6, '0')}`;
    for (let number = 0; number < 1_500; number++)
      await world.operations.create(name(number), operation(people.operator2.oid));
    await world.operations.create(name(1_400.5), operation(people.operator.oid));

    const pages = await pagesOf(world, '/operations?mine=true');

    expect(pages.map(({ items, isPartial }) => [items.length, isPartial])).toEqual([
      [0, true],
      [1, false],
    ]);
    const all = (await world.call('operator', 'GET', '/operations?limit=2')).body as unknown as Page;
    expect([all.items.length, all.next !== null, all.isPartial]).toEqual([2, true, false]);
  });
});
