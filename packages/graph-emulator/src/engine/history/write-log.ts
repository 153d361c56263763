import type { AssignedLicense, UserVersion } from '../records';

export type LicenseSnapshot = {
  readonly directLicenses: readonly AssignedLicense[];
  readonly usageLocation: string | null;
};

export type WriteKind = 'assignLicense' | 'usageLocation' | 'other';

export type WriteLogEntry = {
  readonly seq: number;
  /** When it was committed or refused (ms). */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly kind: WriteKind;
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
  readonly answered: boolean;
  readonly requestId: string;
  /** Resource units of every request about this user so far, this one included; of this run of the process. */
  readonly units: number;
};

/** A write as it is kept: versions of users are immutable, so that nothing is copied until a request asks for it. */
export interface KeptWrite {
  view(seq: number): WriteLogEntry;
}

/** Every write that anybody attempted, refused ones included: the judge of the tests. */
export class WriteLog {
  private readonly entries: KeptWrite[] = [];
  /** Entries of earlier runs that are no longer kept. */
  private dropped = 0;

  /** The number of the newest entry; 0: there is none. */
  get lastSeq(): number {
    return this.dropped + this.entries.length;
  }

  /** The number of the entry: 1, 2, 3 ... */
  add(entry: KeptWrite): number {
    return this.dropped + this.entries.push(entry);
  }

  /** Puts back an entry of an earlier run, with its number; the first one may have any. */
  restore(entry: WriteLogEntry): void {
    if (this.entries.length === 0) this.dropped = Math.max(0, entry.seq - 1);
    this.add({ view: (seq) => ({ ...entry, seq }) });
  }

  after(seq: number, limit = Infinity): WriteLogEntry[] {
    return [...this.views(seq, limit)];
  }

  /** The same one by one: the views of a large log need not be in memory together. */
  *views(seq = 0, limit = Infinity): Generator<WriteLogEntry> {
    const from = Math.max(0, seq - this.dropped);
    const to = Math.min(this.entries.length, from + limit);
    for (let index = from; index < to; index += 1) {
      const entry = this.entries[index];
      if (entry) yield entry.view(this.dropped + index + 1);
    }
  }
}

/** What a user held after a write, as the control API shows it; null: the user does not exist. */
export function viewSnapshot(version: UserVersion | null): LicenseSnapshot | null {
  if (version === null) return null;
  const location = version.properties.usageLocation;
  return {
    directLicenses: version.direct.map(({ skuId, disabledPlans }) => ({ skuId, disabledPlans })),
    usageLocation: typeof location === 'string' ? location : null,
  };
}
