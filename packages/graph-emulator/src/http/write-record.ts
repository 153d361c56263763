import type { Engine } from '../engine/engine';
import type { LicenseChange } from '../engine/licensing/license-pool';
import type { UserRecord, UserVersion } from '../engine/records';
import { viewSnapshot } from '../engine/history/write-log';
import type { KeptWrite, WriteKind, WriteLogEntry } from '../engine/history/write-log';
import type { Route } from './graph-request';

/** What a write asked for; with a usage location only when it was about one. */
export type AskedFor = LicenseChange & { readonly usageLocation?: string | null };

const nothing: AskedFor = { addLicenses: [], removeLicenses: [] };

/** What all writes of one application to one route share. */
export type WriteSource = { readonly engine: Engine; readonly route: Route; readonly appId: string };

/** How a write ended; the successful ones share theirs. */
export type WriteOutcome = {
  readonly status: number;
  readonly code: string | undefined;
  readonly isEffective: boolean;
};

const open: WriteOutcome = { status: 0, code: undefined, isEffective: false };

/**
 * One attempted write to a user, from its arrival to its answer. The write log keeps this very object, so it holds no
 * texts that can be put together later.
 */
export class WriteRecord implements KeptWrite {
  /** 0: not in the log yet. */
  seq = 0;
  at = 0;
  outcome = open;
  asked: AskedFor = nothing;
  before: UserVersion | null;
  after: UserVersion | null = null;
  units = 0;
  private isAnswered = false;

  constructor(
    readonly source: WriteSource,
    /** undefined: the write makes a new user, or means one who is not there. */
    readonly user: UserRecord | undefined,
    private readonly requestNumber: number,
    /** How the user was named, when it was not by id. */
    private readonly name: string | undefined,
  ) {
    this.before = user ? user.version : null;
  }

  /** The caller has been sent an answer. */
  sent(): void {
    this.isAnswered = true;
    if (this.seq > 0) this.source.engine.journal.answered(this.seq);
  }

  view(seq: number): WriteLogEntry {
    const { asked, outcome, user, name } = this;
    const { route, appId, engine } = this.source;
    return {
      seq,
      at: this.at,
      method: route.method,
      path: route.pattern.replace('{id}', () => name ?? user?.id ?? ''),
      kind: this.kind(),
      userId: user?.id ?? name ?? null,
      appId,
      requestId: engine.requestIds.text(this.requestNumber),
      status: outcome.status,
      effective: outcome.isEffective,
      add: asked.addLicenses,
      remove: asked.removeLicenses,
      before: viewSnapshot(this.before),
      after: viewSnapshot(this.after),
      answered: this.isAnswered,
      units: this.units,
      ...(outcome.code === undefined ? {} : { code: outcome.code }),
      ...(asked.usageLocation === undefined ? {} : { usageLocation: asked.usageLocation }),
    };
  }

  private kind(): WriteKind {
    if (this.source.route.kind === 'assignLicense') return 'assignLicense';
    return this.asked.usageLocation === undefined ? 'other' : 'usageLocation';
  }
}
