import { existsSync } from 'node:fs';
import { UserError } from '../../../emulator-kit/src/errors';
import { checkLine } from '../tenant/read-tenant-file';
import type { TenantLine } from '../tenant/tenant-line';
import type { AuditEvent } from '../engine/history/audit-log';
import { changesUsuallyKept } from '../engine/history/change-log';
import type { Change } from '../engine/history/change-log';
import type { WriteLogEntry } from '../engine/history/write-log';
import type { Subscription } from '../notifications/subscription';
import { readLines } from '../../../emulator-kit/src/line-file';

/** What an earlier run left in its data file; of its history the newest entries. */
export type Remembered = {
  readonly tenant: readonly TenantLine[];
  readonly epoch: string | undefined;
  readonly changes: readonly Change[];
  readonly audits: readonly AuditEvent[];
  readonly changedSettings: Readonly<Record<string, unknown>>;
  /** The first one may have a number above 1: those before it are gone. */
  readonly writes: readonly WriteLogEntry[];
  readonly subscriptions: readonly Subscription[];
};

/** Lines that only this module and the journal write. */
type JournalLine =
  | { readonly type: 'epoch'; readonly epoch: string }
  | { readonly type: 'gone'; readonly id: string }
  | { readonly type: 'members'; readonly groupId: string; readonly add: string[]; readonly remove: string[] }
  | { readonly type: 'change'; readonly change: Change }
  | { readonly type: 'audit'; readonly event: AuditEvent }
  | { readonly type: 'settings'; readonly change: Readonly<Record<string, unknown>> | null }
  | { readonly type: 'write'; readonly entry: WriteLogEntry }
  | { readonly type: 'answered'; readonly seq: number }
  | { readonly type: 'subscription'; readonly subscription: Subscription }
  | { readonly type: 'subscriptionGone'; readonly id: string };

const journalTypes: readonly string[] = [
  'epoch',
  'gone',
  'members',
  'change',
  'audit',
  'settings',
  'write',
  'answered',
  'subscription',
  'subscriptionGone',
];

/** Audit events, and writes, that a file keeps when it is opened anew: the newest. Each has about 1 kB. */
const usuallyKept = 100_000;

/**
 * undefined: there is no such file yet. Reads line by line, so that a file may be larger than the longest string of V8 (512 MB).
 * @param kept audit events, writes, and changes, that are remembered: so many of each, the newest; left out: 100,000, of changes 250,000
 * @throws UserError for lines that cannot be read
 */
export function readDataFile(path: string, kept?: number): Remembered | undefined {
  if (!existsSync(path)) return undefined;
  const reader = new DataReader(kept);
  let number = 0;
  for (const { text, isWhole } of readLines(path)) {
    number += 1;
    // A process that was killed may have left half a line at the end.
    if (isWhole) reader.read(text, `${path}:${number}`);
    else reader.readTorn(text);
  }
  return reader.result();
}

/** The newest entries of a log that grows; cut in halves, so that a long log pays for it rarely. */
class Newest<Entry> {
  private entries: Entry[] = [];

  constructor(private readonly kept: number) {}

  add(entry: Entry): void {
    this.entries.push(entry);
    if (this.entries.length > this.kept * 2) this.entries = this.result();
  }

  /** Changes an entry that is still there; `offset` counts from the oldest. */
  change(offset: number, change: (entry: Entry) => Entry): void {
    const entry = this.entries[offset];
    if (entry !== undefined) this.entries[offset] = change(entry);
  }

  get oldest(): Entry | undefined {
    return this.entries[0];
  }

  result(): Entry[] {
    return this.entries.slice(Math.max(0, this.entries.length - this.kept));
  }
}

class DataReader {
  private readonly rules: TenantLine[] = [];
  private readonly objects = new Map<string, TenantLine>();
  private readonly changes: Newest<Change>;
  private readonly audits: Newest<AuditEvent>;
  private changedSettings: Readonly<Record<string, unknown>> = {};
  private readonly writes: Newest<WriteLogEntry>;
  private readonly subscriptions = new Map<string, Subscription>();
  private epoch: string | undefined;

  constructor(kept: number | undefined) {
    this.changes = new Newest(kept ?? changesUsuallyKept);
    this.audits = new Newest(kept ?? usuallyKept);
    this.writes = new Newest(kept ?? usuallyKept);
  }

  read(text: string, where: string): void {
    if (text === '') return;
    let line: unknown;
    try {
      line = JSON.parse(text);
    } catch (cause) {
      throw new UserError('local/bad-data-file', `${where} is not JSON`, { cause });
    }
    const { type } = line as { type: string };
    if (journalTypes.includes(type)) this.takeJournalLine(line as JournalLine);
    else this.takeTenantLine(checkLine(line, where));
  }

  readTorn(text: string): void {
    try {
      this.read(text, 'the last line');
    } catch {
      // Its write was never answered.
    }
  }

  result(): Remembered {
    return {
      tenant: [...this.rules, ...this.objects.values()],
      epoch: this.epoch,
      changes: this.changes.result(),
      audits: this.audits.result(),
      changedSettings: this.changedSettings,
      writes: this.writes.result(),
      subscriptions: [...this.subscriptions.values()],
    };
  }

  private takeTenantLine(line: TenantLine): void {
    if (line.type === 'user' || line.type === 'group') this.objects.set(line.id, line);
    else if (line.type === 'sku') this.objects.set(line.skuId, line);
    else this.rules.push(line);
  }

  private takeJournalLine(line: JournalLine): void {
    switch (line.type) {
      case 'epoch':
        this.epoch = line.epoch;
        return;
      case 'gone':
        this.objects.delete(line.id);
        return;
      case 'members':
        this.takeMembers(line);
        return;
      case 'change':
        this.changes.add(line.change);
        return;
      case 'audit':
        this.audits.add(line.event);
        return;
      case 'settings':
        this.changedSettings = line.change === null ? {} : { ...this.changedSettings, ...line.change };
        return;
      case 'write':
        this.writes.add(line.entry);
        return;
      case 'answered':
        this.writes.change(line.seq - (this.writes.oldest?.seq ?? 1), (entry) => ({
          ...entry,
          answered: true,
        }));
        return;
      case 'subscription':
        this.subscriptions.set(line.subscription.id, line.subscription);
        return;
      case 'subscriptionGone':
        this.subscriptions.delete(line.id);
        return;
    }
  }

  private takeMembers({ groupId, add, remove }: JournalLine & { type: 'members' }): void {
    const group = this.objects.get(groupId);
    if (group?.type !== 'group') return;
    const kept = group.members.filter((id) => !remove.includes(id) && !add.includes(id));
    this.objects.set(groupId, { ...group, members: [...kept, ...add] });
  }
}
