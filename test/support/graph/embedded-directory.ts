import { startGraph } from '@auto-licenser/graph-emulator';
import type { RunningGraph } from '@auto-licenser/graph-emulator';
import { makeSettings } from '@auto-licenser/graph-emulator/settings';
import { tenantLineSchema } from '@auto-licenser/graph-emulator/tenant-line';
import type { Directory } from '../../../shared/graph/directory';
import { makeGraphDirectory } from '../../../shared/graph/graph-directory';
import type { ServicePlanId, SkuId, UserId } from '../../../shared/kernel/ids';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import { makeImpatientClock } from './impatient-clock';
import { makeEmbeddedCredential } from './embedded-credential';
import { settings, tenant } from './small-tenant';

/** An embedded Graph with the small tenant, in this process, and the product's own directory over it. */
export type EmbeddedDirectory = {
  readonly graph: RunningGraph;
  readonly directory: Directory;
  /** The settings of the embedded Graph as they were at the start. */
  readonly resetSettings: () => void;
  /** One license by a direct assignment. */
  readonly assign: (id: UserId, skuId: SkuId, disabledPlans?: readonly ServicePlanId[]) => Promise<unknown>;
};

export async function startEmbeddedDirectory(): Promise<EmbeddedDirectory> {
  const graph = await startGraph({
    tenant: tenant.map((line) => tenantLineSchema.parse(line)),
    random: seededRandom(4),
    settings,
  });
  const directory = makeGraphDirectory({
    credential: makeEmbeddedCredential(graph),
    graphOrigin: graph.origin,
    clock: makeImpatientClock(),
    // Only ends what hangs: the pauses of many reads at once add up on that clock.
    budgetMs: 3_600_000,
    random: seededRandom(5),
    logger: silentLogger,
  });
  return {
    graph,
    directory,
    resetSettings: () => void Object.assign(graph.engine.settings, makeSettings(settings)),
    assign: (id, skuId, disabledPlans = []) =>
      directory.assignLicense(id, { add: [{ skuId, disabledPlans }], remove: [] }),
  };
}
