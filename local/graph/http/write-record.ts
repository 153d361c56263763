import type { Engine } from '../engine/engine';
import type { LicenseChange } from '../engine/license-pool';
import type { UserRecord, UserVersion } from '../engine/records';
import { viewSnapshot } from '../engine/write-log';
import type { KeptWrite, WriteKind, WriteLogEntry } from '../engine/write-log';
import type { Route } from './graph-request';

/** What a write asked for; with a usage location only when it was about one. */
export type AskedFor = LicenseChange & { readonly usageLocation?: string | null };

const nothing: AskedFor = { addLicenses: [], removeLicenses: [] };

/**
 * One attempted write to a user, from its arrival to its answer. The write log keeps this very object, so it holds no
 * texts that can be put together later.
 */
export class WriteRecord implements KeptWrite {
  /** 0: not in the log yet. */
  seq = 0;
  at = 0;
  status = 0;
  code: string | undefined = undefined;
  isEffective = false;
  asked: AskedFor = nothing;
  before: UserVersion | null;
  after: UserVersion | null = null;
  changesBefore = 0;
  units = 0;
  private isAnswered = false;
  private readonly idOrName: string | undefined;

  constructor(
    private readonly engine: Engine,
    readonly route: Route,
    /** undefined: the write makes a new user, or means one that is not there. */
    readonly target: UserRecord | undefined,
    idOrName: string | undefined,
    private readonly appId: string,
    private readonly requestNumber: number,
  ) {
    this.before = target ? target.version : null;
    // The id that the user keeps anyway, rather than a piece of this request's address.
    this.idOrName = target && target.id === idOrName ? target.id : idOrName;
  }

  /** The caller has been sent an answer. */
  sent(): void {
    this.isAnswered = true;
    if (this.seq > 0) this.engine.journal.answered(this.seq);
  }

  view(seq: number): WriteLogEntry {
    const { asked, route, idOrName } = this;
    return {
      seq,
      at: this.at,
      method: route.method,
      path: route.pattern.replace('{id}', () => idOrName ?? ''),
      kind: this.kind(),
      userId: this.target?.id ?? idOrName ?? null,
      appId: this.appId,
      requestId: this.engine.requestIds.text(this.requestNumber),
      status: this.status,
      effective: this.isEffective,
      add: asked.addLicenses,
      remove: asked.removeLicenses,
      before: viewSnapshot(this.before),
      after: viewSnapshot(this.after),
      answered: this.isAnswered,
      units: this.units,
      ...(this.code === undefined ? {} : { code: this.code }),
      ...(asked.usageLocation === undefined ? {} : { usageLocation: asked.usageLocation }),
    };
  }

  private kind(): WriteKind {
    if (this.route.kind === 'assignLicense') return 'assignLicense';
    return this.asked.usageLocation === undefined ? 'other' : 'usageLocation';
  }
}
