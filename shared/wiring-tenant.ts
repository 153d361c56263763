import type { TokenCredential } from '@azure/identity';
import { makeGraphDirectory } from './graph/graph-directory';
import type { Directory } from './graph/directory';
import { makeTenantReads } from './graph/tenant/tenant-reads';
import type { TenantReads } from './graph/tenant/tenant-reads';
import { systemClock } from './kernel/clock';
import { silentLogger } from './kernel/logger';
import { systemRandom } from './kernel/random';
import { timing } from './kernel/timing';
import type { PreviewServices } from './ops/preview/make-preview';
import type { ExplainingPipeline } from './ops/users/explain-user';
import { makeLedgerCount } from './pipeline/guards/ledger-count';
import type { Services } from './pipeline/services';
import { makeCatalogueSource } from './pipeline/sources/catalogue-source';
import { makeLearntConflictSource } from './pipeline/sources/learnt-conflict-source';
import type { PolicyFileReader } from './pipeline/sources/policy-file';
import { makePolicySource } from './pipeline/sources/policy-source';
import { makeWaitingSkus } from './pipeline/sources/waiting-skus';
import { absentTables } from './store/tables/absent-tables';
import { makeStoresOver } from './store/tables/table-stores';

/** What looking at a tenant takes: nothing of it writes to Graph, and there are no queues to send to. */
export type TenantServices = PreviewServices &
  ExplainingPipeline &
  Pick<Services, 'learntConflictStore' | 'control'>;

export type TenantOptions = {
  readonly credential: TokenCredential;
  /** Where Graph is: no path. */
  readonly graphOrigin: string;
  /** Decides where no other policy is given. */
  readonly policyFile: PolicyFileReader;
  /** Whether usage locations would be filled in, as with the setting LICENSER_PERMISSIONS. */
  readonly permissions: 'full' | 'license-only';
  readonly lanes: number;
  /** What stands between the commands and Graph; absent: nothing. */
  readonly over?: (directory: Directory) => Directory;
};

/**
 * The parts of the product over Graph alone: reads are those of the app, users have no rows, and every request that could
 * change something is refused before it leaves.
 */
export function buildTenantServices(options: TenantOptions): {
  readonly pipeline: TenantServices;
  readonly reads: TenantReads;
} {
  const {
    credential,
    graphOrigin,
    policyFile,
    permissions,
    lanes,
    over = (directory) => directory,
  } = options;
  const tools = { clock: systemClock, random: systemRandom, logger: silentLogger };
  const budgetMs = timing.commands.tenantOutage.ms;
  const graph = { ...tools, credential, graphOrigin, budgetMs, isReadOnly: true };
  const directory = over(makeGraphDirectory(graph));
  const { clock } = tools;
  const stores = makeStoresOver(absentTables, tools);
  const catalogue = makeCatalogueSource(directory, clock);
  const pipeline: TenantServices = {
    clock,
    directory,
    users: stores.users,
    waiting: stores.waiting,
    waitingSkus: makeWaitingSkus(stores.waiting, clock),
    learntConflictStore: stores.learntConflicts,
    learntConflicts: makeLearntConflictSource(stores.learntConflicts, clock),
    control: stores.control,
    ledgerCount: makeLedgerCount(stores.users, clock),
    catalogue,
    policy: makePolicySource({
      store: stores.policies,
      file: policyFile,
      readCatalogue: async () => (await catalogue.read()).catalogue,
      directory,
      clock,
      logger: silentLogger,
      mayStore: false,
    }),
    settings: {
      tenantId: '',
      lanes,
      writesPerSecond: 0,
      permissions,
      verifyAfterMs: 0,
      clientState: null,
      notificationUrl: null,
      firstCensus: false,
      kept: { historyMs: timing.settings.history.ms, leaversMs: timing.settings.leavers.ms },
    },
  };
  return { pipeline, reads: makeTenantReads(graph) };
}
