import type { AssignedLicense, UserRecord } from './records';

export type LicenseSnapshot = {
  readonly directLicenses: readonly AssignedLicense[];
  readonly usageLocation: string | null;
};

export type WriteLogEntry = {
  readonly seq: number;
  /** When it was committed or refused (ms). */
  at: number;
  readonly method: string;
  readonly path: string;
  readonly kind: 'assignLicense' | 'usageLocation' | 'other';
  readonly userId: string | null;
  readonly appId: string;
  status: number;
  /** Graph's error code of a refusal. */
  code?: string;
  /** The state of the user really changed. */
  effective: boolean;
  readonly add: readonly AssignedLicense[];
  readonly remove: readonly string[];
  readonly usageLocation?: string | null;
  before: LicenseSnapshot | null;
  after: LicenseSnapshot | null;
  /** The caller has been sent an answer. */
  answered: boolean;
  readonly requestId: string;
};

/** Every write that anybody attempted, refused ones included: the judge of the tests. */
export class WriteLog {
  private readonly entries: WriteLogEntry[] = [];

  add(entry: Omit<WriteLogEntry, 'seq'>): WriteLogEntry {
    const numbered: WriteLogEntry = { ...entry, seq: this.entries.length + 1 };
    this.entries.push(numbered);
    return numbered;
  }

  after(seq: number, limit = Infinity): readonly WriteLogEntry[] {
    const from = Math.max(0, seq);
    return this.entries.slice(from, limit === Infinity ? undefined : from + limit);
  }
}

export function snapshotLicenses(user: UserRecord | undefined): LicenseSnapshot | null {
  if (!user) return null;
  const { direct, properties } = user.version;
  const location = properties.usageLocation;
  return {
    directLicenses: direct.map(({ skuId, disabledPlans }) => ({ skuId, disabledPlans })),
    usageLocation: typeof location === 'string' ? location : null,
  };
}
