import { describe, expect, it } from '@jest/globals';
import { makeOpsWorld } from '../../support/ops-world';

/** A world in which each reading of the list of failures is counted. */
async function setUp() {
  let reads = 0;
  const none = async function* () {};
  const places = () => {
    reads++;
    return none();
  };
  const failures = { list: none, places } as never;
  const world = await makeOpsWorld({}, { failures });
  const list = async (person: 'viewer' | 'operator' | 'none', query = '') => {
    const before = reads;
    const { status } = await world.call(person, 'GET', `/failures${query}`);
    return { status, isRead: reads > before };
  };
  return { ...world, list };
}

describe('a long answer', () => {
  it('is shared by all who ask the same within five seconds', async () => {
    const { list, advance } = await setUp();

    expect(await list('viewer')).toEqual({ status: 200, isRead: true });
    expect(await list('operator')).toEqual({ status: 200, isRead: false });
    expect(await list('viewer', '?limit=1')).toEqual({ status: 200, isRead: true });
    advance(4_999);
    expect(await list('viewer')).toEqual({ status: 200, isRead: false });
    advance(1);
    expect(await list('viewer')).toEqual({ status: 200, isRead: true });
  });

  it('is not given to whom it is not for', async () => {
    const { list } = await setUp();
    await list('viewer');

    expect(await list('none')).toEqual({ status: 403, isRead: false });
  });

  it('is read again after a write', async () => {
    const { list, call } = await setUp();
    await list('viewer');
    await call('operator', 'POST', '/pauses', { scope: 'apply', why: 'a test' });

    expect(await list('viewer')).toEqual({ status: 200, isRead: true });
  });

  it('that failed is asked for again', async () => {
    const { list, ops } = await setUp();
    const counts = ops.inspector.counts.bind(ops.inspector);
    ops.inspector.counts = () => Promise.reject(new Error('away'));
    expect((await list('viewer')).status).toBe(500);
    ops.inspector.counts = counts;

    expect(await list('viewer')).toEqual({ status: 200, isRead: true });
  });
});
