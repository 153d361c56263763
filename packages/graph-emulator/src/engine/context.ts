import type { Random } from '../../../emulator-kit/src/random';
import type { AuditLog } from './history/audit-log';
import type { ChangeLog } from './history/change-log';
import type { Journal } from './history/journal';
import type { LicensePool } from './licensing/license-pool';
import type { LocalClock } from './local-clock';
import type { PendingEchoes } from './records';
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
