import { makeGraphDirectory } from '../../../shared/graph/graph-directory';
import { systemClock } from '../../../shared/kernel/clock';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import { checkGroupPosition } from '../../../shared/ops/doctor/changes/check-group-position';
import { CensusRequest, readValue, requestCursor } from '../../../shared/pipeline/census/census-state';
import { walkGroupDelta } from '../../../shared/pipeline/intake/groups/walk-group-delta';
import type { Services } from '../../../shared/pipeline/services';
import { makeCatalogueSource } from '../../../shared/pipeline/sources/catalogue-source';
import { makePolicySource } from '../../../shared/pipeline/sources/policy-source';
import { fetchToken } from '../../../packages/graph-emulator/test/support/embedded-graph';
import type { EmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import { makeMemoryCursors } from '../memory/memory-cursors';
import { makeMemoryPolicies } from '../memory/memory-stores';
import { makePipelineWorld } from '../pipeline-world';
import { makeRecordingLogger } from '../recording-logger';

export type GroupWorld = ReturnType<typeof makeGroupWorld>;

/** Rules of a policy in which `memberOf` names these groups. */
export const memberPolicy = (...groups: readonly string[]) => `version: 1
rules:
  - name: members
    memberOf: [${groups.join(', ')}]
    assign: [{ sku: EMS }]
`;

let clients = 0;

/** Following groups over the embedded Graph. Its clock and the product's are the test's, and move together. */
export function makeGroupWorld(graph: EmbeddedGraph, policyText: string) {
  const t = makePipelineWorld();
  const clientId = `groups-${String(++clients)}`;
  let isKnown = false;
  const hold = async (roles: readonly string[]) => {
    isKnown = true;
    const { status } = await graph.local('PATCH', `/clients/${clientId}`, { roles });
    if (status >= 400) await graph.local('POST', '/clients', { clientId, clientSecret: 's', roles });
  };
  const getToken = async () => {
    if (!isKnown) await hold(['GroupMember.Read.All', 'LicenseAssignment.Read.All']);
    return { token: await fetchToken(graph, clientId, 's'), expiresOnTimestamp: 0 };
  };
  const directory = makeGraphDirectory({
    credential: { getToken },
    graphOrigin: graph.origin,
    clock: systemClock,
    random: seededRandom(3),
    logger: silentLogger,
    budgetMs: 1_000,
  });
  const catalogue = makeCatalogueSource(directory, t.pipeline.clock);
  const policies = makeMemoryPolicies();
  const logger = makeRecordingLogger();
  const services: Services = {
    ...t.pipeline,
    quota: { ...t.pipeline.quota, ratePerSecond: () => 100 },
    cursors: makeMemoryCursors(t.now),
    directory,
    catalogue,
    policies,
    policy: makePolicySource({
      store: policies,
      file: { path: 'policy.yaml', read: async () => policyText },
      readCatalogue: async () => (await catalogue.read()).catalogue,
      directory,
      clock: t.pipeline.clock,
      logger,
      mayStore: true,
    }),
  };
  /** What a round asked to look at, in any order; with the time that the names of groups are remembered for. */
  const round = async (): Promise<readonly string[]> => {
    t.advance(31_000);
    graph.engine.clock.advance(31_000);
    t.sent.splice(0);
    await walkGroupDelta(services, { logger });
    return t.sent.flatMap((one) => (one.kind === 'hint' ? [one.hint.user.id] : [])).sort();
  };
  return {
    services,
    logger,
    hold,
    round,
    sent: t.sent,
    census: async () => readValue(CensusRequest, await services.cursors.read(requestCursor)),
    doctor: () => checkGroupPosition(services),
  };
}
