import type { Random } from '../../../kit/src/random';
import type { AuditLog } from './audit-log';
import type { ChangeLog } from './change-log';
import type { Journal } from './journal';
import type { LicensePool } from './license-pool';
import type { LocalClock } from './local-clock';
import type { PendingEchoes } from './service-echo';
import type { Settings } from './settings';
import type { Tenant } from './tenant';

/** What the parts of the engine share. */
export type EngineContext = {
  readonly tenant: Tenant;
  readonly clock: LocalClock;
  readonly random: Random;
  readonly settings: Settings;
  readonly changes: ChangeLog;
  readonly audit: AuditLog;
  readonly journal: Journal;
  readonly licenses: LicensePool;
  readonly echoes: PendingEchoes;
};
