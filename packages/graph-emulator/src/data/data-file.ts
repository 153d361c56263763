import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { UserError } from '../../../emulator-kit/src/errors';
import { checkLine } from '../tenant/read-tenant-file';
import type { TenantLine } from '../tenant/tenant-line';
import type { AuditEvent } from '../engine/history/audit-log';
import type { Change } from '../engine/history/change-log';
import type { WriteLogEntry } from '../engine/history/write-log';
import type { Subscription } from '../notifications/subscription';

/** What an earlier run left in its data file. */
export type Remembered = {
  readonly tenant: readonly TenantLine[];
  readonly epoch: string | undefined;
  readonly changes: readonly Change[];
  readonly audits: readonly AuditEvent[];
  readonly changedSettings: Readonly<Record<string, unknown>>;
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

/**
 * undefined: there is no such file yet.
 * @throws UserError for lines that cannot be read
 */
export function readDataFile(path: string): Remembered | undefined {
  if (!existsSync(path)) return undefined;
  const texts = readFileSync(path, 'utf8').split('\n');
  // A process that was killed may have left half a line at the end.
  const torn = texts.pop();
  const reader = new DataReader();
  texts.forEach((text, index) => reader.read(text, `${path}:${index + 1}`));
  if (torn !== undefined && torn !== '') reader.readTorn(torn);
  return reader.result();
}

/** Replaces the file by these lines, at once. */
export function writeDataFile(path: string, lines: Iterable<object>): void {
  const next = `${path}.next`;
  const text = [...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
  writeFileSync(next, text, { mode: 0o600 });
  renameSync(next, path);
}

class DataReader {
  private readonly rules: TenantLine[] = [];
  private readonly objects = new Map<string, TenantLine>();
  private readonly changes: Change[] = [];
  private readonly audits: AuditEvent[] = [];
  private changedSettings: Readonly<Record<string, unknown>> = {};
  private readonly writes: WriteLogEntry[] = [];
  private readonly subscriptions = new Map<string, Subscription>();
  private epoch: string | undefined;

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
      changes: this.changes,
      audits: this.audits,
      changedSettings: this.changedSettings,
      writes: this.writes,
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
        this.changes.push(line.change);
        return;
      case 'audit':
        this.audits.push(line.event);
        return;
      case 'settings':
        this.changedSettings = line.change === null ? {} : { ...this.changedSettings, ...line.change };
        return;
      case 'write':
        this.writes.push(line.entry);
        return;
      case 'answered': {
        const entry = this.writes[line.seq - 1];
        if (entry) this.writes[line.seq - 1] = { ...entry, answered: true };
        return;
      }
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
