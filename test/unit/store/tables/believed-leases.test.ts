import { beforeEach, describe, expect, it } from '@jest/globals';
import { checkRows } from '../../../../shared/ops/doctor/check-rows';
import { makeTableWorld } from '../../../support/memory/table-world';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

let world: ReturnType<typeof makeTableWorld>;
beforeEach(() => {
  world = makeTableWorld();
});
const put = (lease: unknown) =>
  world.tables.put('leases', { partitionKey: 'lease', rowKey: 'census', json: JSON.stringify(lease) });
const take = (holder = 'me') => world.stores.leases.take('census', holder, 30 * second);

describe('the lease of another process', () => {
  it.each<[string, number]>([
    ['a second', second],
    ['half a minute, as leases are taken', 30 * second],
    ['the longest time', 5 * minute],
  ])('that ends in %s is believed', async (_what, left) => {
    put({ holder: 'gone', until: world.now() + left });

    expect(await take()).toBe(false);
    world.advance(left);
    expect(await take()).toBe(true);
  });

  it.each<[string, number]>([
    ['a moment more than the longest time', 5 * minute + 1],
    ['an hour', hour],
    ['a day', day],
    ['a year', 365 * day],
    ['the last year that there is', 8_000_000_000_000_000],
  ])('that ends in %s is void, and is another’s from then on', async (_what, left) => {
    put({ holder: 'gone', until: world.now() + left });

    expect([await take('me'), await take('you')]).toEqual([true, false]);
    world.advance(30 * second);
    expect(await take('you')).toBe(true);
  });

  it.each<[string, unknown]>([
    ['after the end of time', { holder: 'gone', until: 1e300 }],
    ['before its beginning', { holder: 'gone', until: -1e300 }],
    ['at no number', { holder: 'gone', until: 'tomorrow' }],
    ['at nothing', { holder: 'gone' }],
    ['for no holder', { until: 1 }],
    ['as a row of something else', ['a', 'list']],
  ])('that ends %s is named by doctor, and stops no one', async (_what, lease) => {
    put(lease);

    expect(await checkRows(world.services())).toEqual([
      expect.objectContaining({ state: 'fail', text: expect.stringContaining('leases/lease/census') }),
    ]);
    expect([await take('me'), await take('you')]).toEqual([true, false]);
    expect(await checkRows(world.services())).toEqual([expect.objectContaining({ state: 'ok' })]);
  });

  it('is not given back by a process whose own was taken as void', async () => {
    put({ holder: 'slow', until: world.now() + hour });
    await take('me');

    await world.stores.leases.release('census', 'slow');

    expect(await take('you')).toBe(false);
  });
});
