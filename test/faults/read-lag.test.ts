import { afterEach, describe, expect, it } from '@jest/globals';
import { addNewcomer } from '@auto-licenser/graph-emulator/add-newcomer';
import { makeGraphDirectory } from '../../shared/graph/graph-directory';
import { systemClock } from '../../shared/kernel/clock';
import { makeCatalogueSource } from '../../shared/pipeline/sources/catalogue-source';
import type { Services } from '../../shared/pipeline/services';
import { startEmbeddedGraph } from '../../packages/graph-emulator/test/support/embedded-graph';
import type { EmbeddedGraph } from '../../packages/graph-emulator/test/support/embedded-graph';
import { ems, intune, makePipelineWorld, userId } from '../support/pipeline-world';

const minute = 60_000;

/**
 * Replicas that are five minutes behind, the longest that the app allows for: the real handlers and the real Graph
 * client against the embedded Graph, all on one clock that moves from one scheduled look to the next.
 */
describe('reads that lag five minutes behind', () => {
  let graph: EmbeddedGraph | undefined;
  afterEach(() => graph?.stop());

  async function start(settings: Record<string, unknown>) {
    const base = makePipelineWorld();
    const clock = base.pipeline.clock;
    const started = await startEmbeddedGraph({
      clock: { now: () => base.now() },
      settings: { echoMs: { min: 0, max: 0 }, ...settings },
    });
    graph = started;
    const directory = makeGraphDirectory({
      credential: {
        getToken: async () => ({ token: started.token, expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
      },
      graphOrigin: started.origin,
      // A request's time-out is real time: the world's clock would end every one at once.
      clock: { now: () => base.now(), sleep: (ms, signal) => systemClock.sleep(ms, signal) },
      random: base.pipeline.random,
      logger: base.task.logger,
    });
    // The world's handlers take the pipeline as it is, so its parts are put in place.
    Object.assign(base.pipeline as { -readonly [Key in keyof Services]: Services[Key] }, {
      directory,
      catalogue: makeCatalogueSource(directory, clock),
    });
    addNewcomer(started.engine, {
      id: userId,
      properties: {
        userPrincipalName: 'late@contoso.com',
        displayName: 'Late',
        mailNickname: 'late',
        accountEnabled: true,
        userType: 'Member',
        department: 'Sales',
        usageLocation: 'NL',
      },
    });
    const writes = () =>
      started.engine.writeLog
        .after(0, Infinity)
        .filter((entry) => entry.userId === userId && entry.kind === 'assignLicense');
    return { ...base, graph: started, writes };
  }

  /** Everything that is sent within this time, each in its turn. */
  async function run(world: Awaited<ReturnType<typeof start>>, forMs: number): Promise<void> {
    const until = world.now() + forMs;
    while (world.sent.length > 0) {
      world.sent.sort((a, b) => timeOf(a) - timeOf(b));
      const [next] = world.sent;
      if (next === undefined || timeOf(next) > until) return;
      await world.step();
    }
  }
  const timeOf = (sent: object) => ('at' in sent ? Number(sent.at) : 0);

  it('license a user whom they do not show at first, once', async () => {
    const world = await start({ staleReadMs: 5 * minute });

    await world.decide();
    await run(world, 30 * minute);

    expect(world.writes().map(({ status, effective }) => [status, effective])).toEqual([[200, true]]);
    expect(world.state()?.outcome).toBe('licensed');
    expect(world.ledger().map(({ skuId }) => skuId)).toEqual([ems]);
    expect(world.sent).toEqual([]);
  });

  it('do not undo or repeat a write that they do not show yet, however often the user is looked at', async () => {
    const world = await start({});
    await world.decide();
    await run(world, minute);
    await world.graph.local('POST', '/faults', { staleReadMs: 5 * minute });

    for (let look = 0; look < 20; look++) {
      await world.decide(world.hint({ source: look % 2 === 0 ? 'notification' : 'operator' }));
      await run(world, 20_000);
      world.advance(20_000);
    }
    await run(world, 30 * minute);

    expect(world.writes().map(({ effective }) => effective)).toEqual([true]);
    expect(world.state()?.outcome).toBe('licensed');
    expect(world.ledger()).toMatchObject([{ skuId: ems, disabledByUs: [intune] }]);
  });

  it('wait for a user whom Graph does not know for seven minutes after telling of them', async () => {
    const world = await start({ notFoundLagMs: 7 * minute });

    await world.decide();
    await run(world, 30 * minute);

    expect(world.writes().map(({ effective }) => effective)).toEqual([true]);
    expect(world.state()?.outcome).toBe('licensed');
  });
});
