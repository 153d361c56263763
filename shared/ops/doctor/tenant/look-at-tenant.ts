import { AppError, PermanentError } from '../../../kernel/errors';
import { timing } from '../../../kernel/timing';
import type { Services } from '../../../pipeline/services';
import type { ExpectedQueue } from '../../../queue/expected-queues';
import type { QueueInspector } from '../../../queue/queue-inspector';
import type { CheckedTenant } from '../../../store/ports/ops/checked-tenant';
import type { RecordStore, Stored } from '../../../store/ports/record-store';
import { checkGraph } from '../check-graph';
import type { ReadClaims } from '../check-graph';
import { checkPolicyNames } from '../check-policy-names';
import type { PolicyFile } from '../check-policy-names';
import { checkQueues } from '../check-queues';
import { checkSeats } from '../check-seats';
import { checkSubscription } from '../check-subscription';
import { guarded } from '../finding';
import type { Finding } from '../finding';

export type TenantParts = {
  readonly pipeline: Pick<Services, 'catalogue' | 'clock' | 'cursors' | 'directory' | 'policy' | 'settings'>;
  readonly inspector: QueueInspector;
  /** The policy's file, as text: its names are checked against the tenant with line and column. */
  readonly policyFile: PolicyFile;
  readonly readClaims: ReadClaims;
  readonly expectedQueues: readonly ExpectedQueue[];
};

/** Findings by check. */
export type TenantChecks = Readonly<
  Record<'graph' | 'policy' | 'seats' | 'queues' | 'subscription', readonly Finding[]>
>;

/**
 * The checks that ask Graph and read the settings of the queues: some twenty requests, about things that seldom change.
 * Never throws.
 */
export async function lookAtTenant(parts: TenantParts): Promise<TenantChecks> {
  const { pipeline, inspector } = parts;
  const [graph, policy, seats, queues, subscription] = await Promise.all([
    guarded('graph', () => checkGraph(pipeline, parts.readClaims)),
    guarded('policy', () => checkPolicyNames(pipeline, parts.policyFile)),
    guarded('seats', () => checkSeats(pipeline)),
    guarded('queues', () => checkQueues(inspector, parts.expectedQueues)),
    guarded('subscription', () => checkSubscription(pipeline)),
  ]);
  return { graph, policy, seats, queues, subscription };
}

/** Where the last findings are kept, for all processes. */
export type CheckedTenants = RecordStore<CheckedTenant>;

/** The id of the one row of findings. */
const rowId = 'now';

/** Looks, and keeps what was found. Never throws: what cannot be kept is looked at again. */
export async function lookAndKeep(parts: TenantParts, store: CheckedTenants): Promise<CheckedTenant> {
  const checks: CheckedTenant['checks'] = {};
  for (const [name, findings] of Object.entries(await lookAtTenant(parts))) checks[name] = [...findings];
  const found: CheckedTenant = { at: parts.pipeline.clock.now(), checks };
  try {
    const before = await readKept(store);
    if (before === undefined) await store.create(rowId, found);
    else await store.update(before, found);
  } catch (error) {
    // The tables are away or refuse it, or another process has looked at the same time.
    if (!(error instanceof AppError)) throw error;
  }
  return found;
}

/** Of the timer `observe`: looks where the last findings are old. @throws TransientError the tables are away */
export async function keepLooking(parts: TenantParts, store: CheckedTenants): Promise<void> {
  const known = await readKept(store);
  if (!isYounger(known, parts, timing.ops.tenantChecked.ms)) await lookAndKeep(parts, store);
}

/** What `observe` last found; looks now where that is missing, or so old that `observe` does not run. Never throws. */
export async function lastFindings(parts: TenantParts, store: CheckedTenants): Promise<CheckedTenant> {
  const known = await readKept(store).catch(() => undefined);
  return isYounger(known, parts, timing.ops.tenantCheckedOld.ms) ? known.value : lookAndKeep(parts, store);
}

/** Findings of the future were kept by a clock that was ahead: how old they are is not known. */
function isYounger(
  known: Stored<CheckedTenant> | undefined,
  { pipeline: { clock } }: TenantParts,
  limitMs: number,
): known is Stored<CheckedTenant> {
  if (known === undefined) return false;
  const age = clock.now() - known.value.at;
  return age >= 0 && age < limitMs;
}

/** A row that cannot be read is made anew. */
async function readKept(store: CheckedTenants): Promise<Stored<CheckedTenant> | undefined> {
  try {
    return await store.read(rowId);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    await store.remove(rowId);
    return undefined;
  }
}
