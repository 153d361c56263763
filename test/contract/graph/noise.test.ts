import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { graphCalls } from '../../../shared/graph/permissions';
import { startEmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import type { EmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import { makeGraphWorld } from '../../support/graph/graph-world';
import type { GraphWorld } from '../../support/graph/graph-world';

const roles = [...new Set(graphCalls.map(({ permission }) => permission))];
const second = 1_000;
const minute = 60 * second;

let graph: EmbeddedGraph;
let groupId: string;
let world: GraphWorld;
/** How often the user was read: one `$batch` each. */
let reads: number;
const writes = async () =>
  ((await graph.local('GET', '/write-log')).body as { entries: unknown[] }).entries.length;

beforeAll(async () => {
  graph = await startEmbeddedGraph({ settings: { quotaFactor: 1_000 } });
  const { body } = await graph.call('POST', '/groups', {
    displayName: 'SG-Rights',
    mailEnabled: false,
    mailNickname: 'sg-rights',
    securityEnabled: true,
  });
  groupId = (body as { id: string }).id;
});
afterAll(() => graph.stop());
beforeEach(async () => {
  world = await makeGraphWorld(graph, { groupId, roles });
  const { directory } = world.services;
  const readUser = directory.readUser.bind(directory);
  Object.assign(directory, {
    readUser: (...given: Parameters<typeof readUser>) => {
      reads++;
      return readUser(...given);
    },
  });
  reads = 0;
});

/** Over the embedded Graph: what events cost that bring no news. */
describe('a user who is known', () => {
  it('is read once at an event that changes nothing, twice more in case a replica was behind, and never written to', async () => {
    await world.ask();
    await world.run(10 * minute);
    const before = await writes();
    reads = 0;

    for (let events = 0; events < 20; events++) await world.hear('notification');
    expect(reads).toBe(1);
    await world.run(10 * minute);

    // 5 and 90 seconds later, however many events there were.
    expect(reads).toBe(3);
    expect(await writes()).toBe(before);
  });

  it('costs at most one read for all that comes back of our own write', async () => {
    await world.ask();
    await world.run(second, second);
    expect(world.held()).toBe(2);
    const before = await writes();
    reads = 0;

    // The location, the license, and what the services write, by notification; then the same by delta.
    for (let count = 0; count < 3; count++) await world.hear('notification');
    await world.run(10 * second, second);
    for (let count = 0; count < 2; count++) await world.hear('delta');
    await world.run(minute, second);
    expect(reads).toBeLessThanOrEqual(1);

    await world.run(10 * minute);
    // The last look 90 s after the first license was due without them, too.
    expect(reads).toBeLessThanOrEqual(2);
    expect(await writes()).toBe(before);
  });
});
