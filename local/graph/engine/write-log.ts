import type { AssignedLicense, UserRecord, UserVersion } from './records';

export type LicenseSnapshot = {
  readonly directLicenses: readonly AssignedLicense[];
  readonly usageLocation: string | null;
};

export type WriteLogEntry = {
  readonly seq: number;
  /** When it was committed or refused (ms). */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly kind: 'assignLicense' | 'usageLocation' | 'other';
  readonly userId: string | null;
  readonly appId: string;
  readonly status: number;
  /** Graph's error code of a refusal. */
  readonly code?: string;
  /** The state of the user really changed. */
  readonly effective: boolean;
  readonly add: readonly AssignedLicense[];
  readonly remove: readonly string[];
  readonly usageLocation?: string | null;
  readonly before: LicenseSnapshot | null;
  readonly after: LicenseSnapshot | null;
  /** The caller has been sent an answer. */
  answered: boolean;
  readonly requestId: string;
  /** Resource units of every request about this user so far, this one included; of this run of the process. */
  readonly units: number;
};

/** As it is kept: versions of users are immutable, so nothing has to be copied until somebody asks. */
export type KeptWrite = Omit<WriteLogEntry, 'before' | 'after'> & {
  readonly before: UserVersion | LicenseSnapshot | null;
  readonly after: UserVersion | LicenseSnapshot | null;
};

/** Every write that anybody attempted, refused ones included: the judge of the tests. */
export class WriteLog {
  private readonly entries: KeptWrite[] = [];

  /** Numbers this very entry, a copy of which every write would pay for. */
  add(entry: Omit<KeptWrite, 'seq'>): KeptWrite {
    const numbered: KeptWrite = Object.assign(entry, { seq: this.entries.length + 1 });
    this.entries.push(numbered);
    return numbered;
  }

  after(seq: number, limit = Infinity): WriteLogEntry[] {
    const from = Math.max(0, seq);
    return this.entries.slice(from, limit === Infinity ? undefined : from + limit).map(viewWrite);
  }
}

export function viewWrite(entry: KeptWrite): WriteLogEntry {
  return { ...entry, before: viewSnapshot(entry.before), after: viewSnapshot(entry.after) };
}

function viewSnapshot(kept: UserVersion | LicenseSnapshot | null): LicenseSnapshot | null {
  if (kept === null || 'directLicenses' in kept) return kept;
  const location = kept.properties.usageLocation;
  return {
    directLicenses: kept.direct.map(({ skuId, disabledPlans }) => ({ skuId, disabledPlans })),
    usageLocation: typeof location === 'string' ? location : null,
  };
}

export function versionOf(user: UserRecord | undefined): UserVersion | null {
  return user ? user.version : null;
}
