import type { Clock } from '../../../emulator-kit/src/clock';
import { systemClock } from '../../../emulator-kit/src/clock';
import { systemRandom } from '../../../emulator-kit/src/random';
import type { Random } from '../../../emulator-kit/src/random';
import { AuditLog } from './history/audit-log';
import type { AuditEvent } from './history/audit-log';
import { ChangeLog } from './history/change-log';
import type { Change } from './history/change-log';
import type { EngineContext } from './context';
import { DeltaTokens } from './delta/delta-token';
import { reprocessUser } from './licensing/group-licensing';
import { makeGuid } from '../tenant/guid';
import { noJournal } from './history/journal';
import type { Journal } from './history/journal';
import { LicensePool } from './licensing/license-pool';
import { loadTenant } from './load-tenant';
import { LocalClock } from './local-clock';
import type { Later } from './local-clock';
import { RequestIds } from './request-ids';
import { TokenSeal } from './delta/sealed-token';
import { resumeWork } from './resume-work';
import { changeSettings, makeSettings } from './settings';
import type { SettingsInput } from './settings';
import type { TenantLine } from '../tenant/tenant-line';
import { WriteLog } from './history/write-log';
import type { WriteLogEntry } from './history/write-log';

export type EngineOptions = {
  readonly tenant: Iterable<TenantLine>;
  readonly clock?: Pick<Clock, 'now'>;
  /** What wakes the tenant for what happens later on that clock; a timer of node's unless given. */
  readonly later?: Later;
  readonly random?: Random;
  readonly settings?: SettingsInput;
  readonly journal?: Journal;
  /** Keeps delta tokens valid over a restart with the same change log. */
  readonly epoch?: string;
  /** What an earlier run had told and recorded. */
  readonly changes?: readonly Change[];
  /** So many changes are there at least, for delta rounds; older positions are lost. Default: 250,000. */
  readonly changesKept?: number;
  readonly audits?: readonly AuditEvent[];
  readonly changedSettings?: Readonly<Record<string, unknown>>;
  readonly writes?: readonly WriteLogEntry[];
};

/** The tenant in one process: synchronous, without a network. */
export type Engine = EngineContext & {
  readonly deltaTokens: DeltaTokens;
  readonly writeLog: WriteLog;
  readonly requestIds: RequestIds;
  /** Seals the tokens of pages. */
  readonly seal: TokenSeal;
  readonly epoch: string;
};

/**
 * Loads a tenant and makes everything around it: change log, audit log, tokens, clock.
 * @throws UserError when the tenant does not hold together
 */
export function makeEngine(options: EngineOptions): Engine {
  const clock = new LocalClock(options.clock ?? systemClock, options.later);
  const random = options.random ?? systemRandom;
  const licenses = new LicensePool();
  const { tenant, unprocessed } = loadTenant(options.tenant, clock.now(), licenses);
  const seal = new TokenSeal(`pages of ${tenant.facts.tenantId}`);
  const epoch = options.epoch ?? makeGuid(random);
  const engine: Engine = {
    tenant,
    clock,
    random,
    settings: makeSettings(options.settings),
    changes: new ChangeLog(options.changesKept),
    audit: new AuditLog(),
    journal: options.journal ?? noJournal,
    licenses,
    echoes: new Map(),
    requestIds: new RequestIds(random),
    deltaTokens: new DeltaTokens(seal, epoch),
    writeLog: new WriteLog(),
    seal,
    epoch,
  };
  for (const change of options.changes ?? []) engine.changes.restore(change);
  for (const event of options.audits ?? []) engine.audit.add(event);
  for (const entry of options.writes ?? []) engine.writeLog.restore(entry);
  changeSettings(engine.settings, options.changedSettings ?? {});
  for (const user of unprocessed) reprocessUser(engine, user);
  if (options.changes) resumeWork(engine);
  return engine;
}
