import { z } from 'zod';
import { isGuid } from '../../../kernel/ids';
import { parseJson } from '../events/parse-json';
import { isOfFile, subjectOf } from './audit-operations';

/** Characters. Names, ids and times are shorter by far; a forged text of 1 MB is not looked at. */
const longest = 200;
/** Graph leaves members out or writes null. */
const text = () => z.string().max(longest).nullish();
/** A number in what diagnostic settings send, a word in Graph's own answer. */
const result = () => z.union([z.string().max(longest), z.number()]).nullish();

const Target = z.object({
  id: text(),
  type: text(),
  modifiedProperties: z.array(z.unknown()).nullish().catch(null),
});
const ModifiedProperty = z.object({
  displayName: z.string().max(longest),
  oldValue: text(),
  newValue: text(),
});

/**
 * A record of Entra's audit log as diagnostic settings send it to Event Hubs. Only ids and times are taken from it; what changed
 * is read afresh. https://learn.microsoft.com/entra/identity/monitoring-health/howto-stream-logs-to-event-hub,
 * https://learn.microsoft.com/graph/api/resources/directoryaudit
 */
const AuditRecord = z.object({
  time: text(),
  operationName: z.string().max(longest),
  tenantId: text(),
  resourceId: text(),
  resultType: result(),
  properties: z.object({
    id: text(),
    activityDateTime: text(),
    result: result(),
    targetResources: z.array(z.unknown()).nullish(),
  }),
});
type AuditRecord = z.infer<typeof AuditRecord>;
/** What records of every log have: a hub may hold those of others, which look otherwise. */
const AnyRecord = z.object({ category: z.string() });

/** What is wrong with a record that no look comes from. */
export type OddRecord =
  /** An event of the hub that holds no records, or a record without the members that are needed. */
  | 'unreadable'
  /** Of another tenant, or of none. */
  | 'foreign'
  /** It tells of something that was refused. */
  | 'failed'
  /** It tells of something that no license depends on, names nothing since each object has its own, or is of another log. */
  | 'other'
  /** It names no user and no group. */
  | 'withoutTarget';

/** A change that the audit log tells; ids are in lower case. */
export type AuditChange = {
  /** Of the record, the same when it comes once more; undefined: it has none. */
  readonly id: string | undefined;
  readonly users: readonly string[];
  /** Groups that changed, or whose members did. */
  readonly groups: readonly string[];
};

/** What records say; odd ones are counted by what is wrong with them. */
export type ReadRecords = {
  readonly changes: readonly AuditChange[];
  readonly odd: ReadonlyMap<OddRecord, number>;
  /** Records of this tenant's audit log have come, whatever they tell. */
  readonly isHeard: boolean;
  /** When the latest thing happened that those tell, milliseconds; null: none says when. */
  readonly latestAt: number | null;
};

/** An event of Event Hubs holds 1 MB at most; a record has some hundred bytes. */
const mostRecords = 10_000;

/**
 * The records of some events of the hub, each `{ "records": [...] }` as an object, a text or bytes. Never throws: what is wrong
 * is counted. `tenantId`: in lower case.
 */
export function readAuditRecords(events: readonly unknown[], tenantId: string): ReadRecords {
  const changes: AuditChange[] = [];
  const odd = new Map<OddRecord, number>();
  let isHeard = false;
  let latestAt: number | null = null;
  for (const item of events.flatMap(recordsOf)) {
    const record = ownRecord(item, tenantId);
    const read = typeof record === 'string' ? record : readOne(record);
    if (typeof read === 'string') odd.set(read, (odd.get(read) ?? 0) + 1);
    else changes.push(read);
    if (typeof record === 'string') continue;
    isHeard = true;
    const at = timeOf(record);
    if (at !== null) latestAt = Math.max(latestAt ?? -Infinity, at);
  }
  return { changes, odd, isHeard, latestAt };
}

const Records = z.object({ records: z.array(z.unknown()).max(mostRecords) });
/** Reads as no record. */
const unreadable: readonly unknown[] = [undefined];

function recordsOf(event: unknown): readonly unknown[] {
  const bytes = event instanceof Uint8Array ? new TextDecoder().decode(event) : event;
  const { data } = Records.safeParse(typeof bytes === 'string' ? parseJson(bytes) : bytes);
  return data?.records ?? unreadable;
}

/** A record of this tenant's audit log. The log is judged first: nothing is known of the form of others. */
function ownRecord(item: unknown, tenantId: string): AuditRecord | OddRecord {
  const { data: any } = AnyRecord.safeParse(item);
  if (any !== undefined && !isAudit(any.category)) return 'other';
  const { data: record } = AuditRecord.safeParse(item);
  if (any === undefined || record === undefined) return 'unreadable';
  return tenantOf(record) === tenantId ? record : 'foreign';
}

function readOne(record: AuditRecord): AuditChange | OddRecord {
  const subject = subjectOf(record.operationName);
  if (subject === undefined) return 'other';
  if (!isDone(record)) return 'failed';
  const { id, targetResources } = record.properties;
  const targets = (targetResources ?? []).flatMap((target) => Target.safeParse(target).data ?? []);
  const users = subject === 'group' ? [] : idsOf(targets, 'user');
  const named = idsOf(targets, 'group');
  const groups = subject === 'user' ? [] : [...named, ...targets.flatMap(modifiedGroups)];
  if (users.length + groups.length === 0) return isOfFile(record.operationName) ? 'other' : 'withoutTarget';
  return { id: id ?? undefined, users: [...new Set(users)], groups: [...new Set(groups)] };
}

/** Older records have the category `Audit`. */
const isAudit = (category: string) => /^audit(?:logs)?$/i.test(category);

/** The tenant that the record names, or the one of its resource, `/tenants/<tenant>/providers/Microsoft.aadiam`. */
function tenantOf({ tenantId, resourceId }: AuditRecord): string | undefined {
  return (tenantId ?? /^\/tenants\/([^/]+)\//i.exec(resourceId ?? '')?.[1])?.toLowerCase();
}

/** Without a result nothing says that it took effect. */
function isDone({ resultType, properties }: AuditRecord): boolean {
  return /^(?:0|success)$/i.test(String(properties.result ?? resultType ?? ''));
}

function timeOf({ time, properties }: AuditRecord): number | null {
  const at = Date.parse(properties.activityDateTime ?? time ?? '');
  return Number.isNaN(at) ? null : at;
}

type Targets = readonly z.infer<typeof Target>[];

function idsOf(targets: Targets, type: 'user' | 'group'): readonly string[] {
  return targets.flatMap((target) =>
    target.type?.toLowerCase() === type && isGuid(target.id ?? '') ? [(target.id ?? '').toLowerCase()] : [],
  );
}

/**
 * Of a membership the group stands among what changed of the member: the new value when it was added, the old one when it was
 * removed. Values are JSON texts, `"\"<id>\""`.
 */
function modifiedGroups({ modifiedProperties }: Targets[number]): readonly string[] {
  return (modifiedProperties ?? []).flatMap((item) => {
    const { data } = ModifiedProperty.safeParse(item);
    if (data?.displayName.toLowerCase() !== 'group.objectid') return [];
    return [data.newValue, data.oldValue].flatMap((value) => {
      const id = (value ?? '').replace(/"/g, '').toLowerCase();
      return isGuid(id) ? [id] : [];
    });
  });
}
