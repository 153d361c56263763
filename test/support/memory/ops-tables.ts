import { startEmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import { makeGraphDirectory } from '../../../shared/graph/graph-directory';
import { systemClock } from '../../../shared/kernel/clock';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import type { OpsServices } from '../../../shared/ops-api/route';
import { makePauseSource } from '../../../shared/pipeline/pauses/pause-source';
import { makeCatalogueSource } from '../../../shared/pipeline/sources/catalogue-source';
import { makePolicySource } from '../../../shared/pipeline/sources/policy-source';
import { makeRolloutSource } from '../../../shared/pipeline/sources/rollout-source';
import { makeWaitingSkus } from '../../../shared/pipeline/sources/waiting-skus';
import { makeTableStores } from '../../../shared/store/tables/table-stores';
import { makeEmbeddedCredential } from '../graph/embedded-credential';
import { makeOpsWorld } from '../ops-world';
import { makePipelineWorld } from '../pipeline-world';
import { startRecordingTables } from './recording-tables';

const policyText = `version: 1
usageLocation: { default: NL }
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    assign: [{ sku: EMS }]
`;

/**
 * The ops API over the real stores in Azurite and over the embedded Graph, with every request to the tables written down.
 * The clock is the test's.
 */
export async function startOpsOverTables(overrides: Partial<OpsServices> = {}) {
  const tables = await startRecordingTables();
  const graph = await startEmbeddedGraph();
  const world = makePipelineWorld();
  const { clock } = world.pipeline;
  const random = seededRandom(1);
  const stores = makeTableStores({ ...tables, clock, random, logger: silentLogger, budgetMs: 2_000 });
  const directory = makeGraphDirectory({
    credential: makeEmbeddedCredential(graph),
    graphOrigin: graph.origin,
    clock: systemClock,
    random,
    logger: silentLogger,
    budgetMs: 5_000,
  });
  const catalogue = makeCatalogueSource(directory, clock);
  const policy = makePolicySource({
    store: stores.policies,
    file: { path: 'policy.yaml', read: async () => policyText },
    readCatalogue: async () => (await catalogue.read()).catalogue,
    directory,
    clock,
    logger: silentLogger,
    mayStore: true,
  });
  const services = {
    ...stores,
    directory,
    catalogue,
    policy,
    learntConflictStore: stores.learntConflicts,
    learntConflicts: world.pipeline.learntConflicts,
    pauses: makePauseSource(stores.control, clock),
    rolloutStates: makeRolloutSource(stores.rollouts, clock),
    waitingSkus: makeWaitingSkus(stores.waiting, clock),
  } as unknown as Partial<OpsServices['services']>;
  const ops = await makeOpsWorld(overrides, services, stores, world);
  return {
    ...ops,
    tables,
    graph,
    stores,
    directory,
    close: async () => {
      await graph.stop();
      await tables.close();
    },
  };
}
