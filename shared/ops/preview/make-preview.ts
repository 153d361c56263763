import type { DirectoryUser } from '../../graph/directory';
import { isGuid, toUserId } from '../../kernel/ids';
import type { PolicyHash, SkuId, UserId } from '../../kernel/ids';
import type { DecideInput } from '../../licensing/decision';
import type { Preview } from '../../licensing/preview/preview';
import { UserPreviewer, keepLines } from '../../licensing/preview/preview-users';
import type { Services } from '../../pipeline/services';
import { readIfUsable } from '../../pipeline/crashes/unusable-row';
import { makeListedTenant } from '../../pipeline/look/listed-tenant';
import { nameOf } from '../../pipeline/look/seen-user';
import type { Policy } from '../../policy/policy';
import { choosePolicies } from './preview-policies';
import { readConcurrently } from '../../kernel/concurrently';
import { readTenantView } from '../../pipeline/look/read-tenant-view';
import type { GroupReference, Needs } from '../../words/needs';
import type { UserRecord } from '../../store/ports/user-store';

export type PlanSelection =
  | { readonly kind: 'all' }
  /** Ids or userPrincipalNames. */
  | { readonly kind: 'users'; readonly users: readonly string[] }
  /** An id or a display name; members of the groups inside it too. */
  | { readonly kind: 'group'; readonly group: string };

export type PlanProgress = {
  /** `reading`: groups and rows, of which the number is not known before; `users`: users read and decided. */
  readonly step: 'reading' | 'users';
  readonly done: number;
  /** null: not known. */
  readonly total: number | null;
};

export type PlanRequest = {
  /** Default: for each user the one that is theirs, as a look at them takes it; the plan is named for the active one. */
  readonly policy?: Policy;
  readonly selection: PlanSelection;
  /** Plans of each SKU that were there when the policy was activated. Default: those of today, as activating it now would record. */
  readonly knownPlans?: DecideInput['knownPlans'];
  readonly onProgress?: (progress: PlanProgress) => void;
  /** Each user who is planned, once, with the digest that a look finds while nothing has changed. */
  readonly onUser?: (id: UserId, digest: string) => void;
  readonly signal?: AbortSignal;
};

export type MadePlan = {
  readonly preview: Preview;
  /** Of `selection.users`, what the tenant does not know. */
  readonly unknown: readonly string[];
  /** Users who were left out because a row of theirs cannot be read: nothing is known of what is the product's. */
  readonly unreadable: readonly UserId[];
  /** How many users were planned with each policy. */
  readonly policies: ReadonlyMap<PolicyHash, number>;
};

/** What making a plan reads. */
export type PreviewServices = Pick<
  Services,
  | 'directory'
  | 'users'
  | 'catalogue'
  | 'learntConflicts'
  | 'waiting'
  | 'waitingSkus'
  | 'settings'
  | 'clock'
  | 'policy'
  | 'ledgerCount'
>;

/** Above this many users the whole tenant is listed: a read of one user costs as much as a page of 999. */
const mostReadAlone = 200;

/**
 * What carrying out a policy would change, for the tenant or a part of it. Nothing is written anywhere: users,
 * groups and SKUs are read from Graph, ledgers and pins from the tables, and decided as `lookAtUser` does it. The
 * plan's digests are those that a look finds while nothing changes.
 * @throws UserError `graph/unknown-group`, `graph/ambiguous-group`
 */
export async function makePreview(pipeline: PreviewServices, request: PlanRequest): Promise<MadePlan> {
  const { selection, signal } = request;
  const [policies, { book: _, ...view }, waitedFor] = await Promise.all([
    choosePolicies(pipeline.policy, request),
    readTenantView(pipeline, signal),
    pipeline.waitingSkus.current(),
  ]);
  const waitingSince = await readWaitingSince(pipeline, waitedFor);
  // Seats as a look has them, for the digests; the previewer gives seats out itself, by priority.
  const setting = { ...view, now: pipeline.clock.now() };
  const tenant = makeListedTenant(pipeline, {
    policyOf: (record) => policies.of(record),
    setting: () => setting,
    signal,
  });
  const counts = new Map<PolicyHash, number>();
  const kept = keepLines();
  const previewer = new UserPreviewer(policies.main.policy, view.catalogue, {
    line: kept.line,
    user: request.onUser ?? (() => undefined),
  });
  const add: Add = async (record, user, alone) => {
    const input = await tenant.see(record, user, alone);
    const { hash } = input.policy;
    counts.set(hash, (counts.get(hash) ?? 0) + 1);
    previewer.add({
      user: { id: user.id, userPrincipalName: nameOf(user, 'userPrincipalName') },
      input,
      since: waitingSince.get(user.id) ?? setting.now,
    });
  };
  const unreadable: UserId[] = [];
  const onUnreadable = (id: UserId) => void unreadable.push(id);
  const [unknown, inTenant] = await Promise.all([
    readSelection(pipeline, selection, { ...request, needs: policies.needs, onUnreadable }, add),
    selection.kind === 'all' ? null : pipeline.ledgerCount(0),
  ]);
  const plan = kept.whole(previewer.finish());
  // Percentages are of the tenant's users, however few of them are planned.
  const usersWithLedger = inTenant ?? plan.guards.usersWithLedger;
  const guards = { ...plan.guards, usersWithLedger };
  return { preview: { ...plan, guards }, unknown, unreadable, policies: counts };
}

/** Of users who wait already: who has waited longest is served first among equals. */
async function readWaitingSince(
  { waiting }: Pick<Services, 'waiting'>,
  skuIds: ReadonlySet<SkuId>,
): Promise<ReadonlyMap<UserId, number>> {
  const since = new Map<UserId, number>();
  for (const skuId of skuIds) {
    for await (const entry of waiting.list(skuId)) {
      since.set(entry.userId, Math.min(entry.since, since.get(entry.userId) ?? Infinity));
    }
  }
  return since;
}

/** `alone`: the user was read alone, with these groups. */
type Add = (
  record: UserRecord,
  user: DirectoryUser,
  alone?: { readonly groups: readonly GroupReference[] | undefined },
) => Promise<void>;
type SelectionRequest = PlanRequest & {
  readonly needs: Needs;
  readonly onUnreadable: (userId: UserId) => void;
};

async function readSelection(
  pipeline: PreviewServices,
  selection: PlanSelection,
  request: SelectionRequest,
  add: Add,
): Promise<readonly string[]> {
  if (selection.kind === 'all') {
    await readTenant(pipeline, request, undefined, add);
    return [];
  }
  if (selection.kind === 'group') {
    const members = new Set<UserId>();
    for await (const page of pipeline.directory.groupMembers(selection.group, request.signal)) {
      for (const id of page) members.add(id);
    }
    if (members.size > mostReadAlone) await readTenant(pipeline, request, members, add);
    else await readAlone(pipeline, [...members], request, add);
    return [];
  }
  return readAlone(pipeline, [...new Set(selection.users)], request, add);
}

/** One by one, a few at a time. Answers those that the tenant does not know. */
async function readAlone(
  pipeline: PreviewServices,
  references: readonly string[],
  { needs, onProgress, onUnreadable, signal }: SelectionRequest,
  add: Add,
): Promise<readonly string[]> {
  const unknown: string[] = [];
  const seen = new Set<UserId>();
  const read = withName(needs);
  const found = readConcurrently(references, async (reference) => {
    const idOrName = isGuid(reference) ? toUserId(reference) : reference;
    const snapshot = await pipeline.directory.findUser(idOrName, read, signal);
    return {
      reference,
      snapshot,
      record: snapshot && (await readIfUsable(pipeline.users, snapshot.user.id)),
    };
  });
  let done = 0;
  for await (const { reference, snapshot, record } of found) {
    if (snapshot === undefined) unknown.push(reference);
    else if (record === undefined) onUnreadable(snapshot.user.id);
    else if (!seen.has(snapshot.user.id))
      await add(record, snapshot.user, { groups: snapshot.transitiveGroups });
    if (snapshot !== undefined) seen.add(snapshot.user.id);
    done += 1;
    onProgress?.({ step: 'users', done, total: references.length });
  }
  return unknown;
}

/** Every user of the tenant, or those that are `wanted`, from listings: 2 resource units for 999 users. */
async function readTenant(
  pipeline: PreviewServices,
  { needs, onProgress, onUnreadable, signal }: SelectionRequest,
  wanted: ReadonlySet<UserId> | undefined,
  add: Add,
): Promise<void> {
  const records = new Map<UserId, UserRecord>();
  const skipped = new Set<UserId>();
  const stored = pipeline.users.records((userId) => skipped.add(userId));
  for await (const record of stored) {
    if (wanted?.has(record.userId) !== false) records.set(record.userId, slim(record));
    if (records.size % 1_000 === 0) onProgress?.({ step: 'reading', done: records.size, total: null });
  }
  const seen = new Set<UserId>();
  const onOdd = (userId: UserId) => {
    if (wanted?.has(userId) === false || seen.has(userId)) return;
    seen.add(userId);
    onUnreadable(userId);
  };
  for await (const page of pipeline.directory.listUsers(withName(needs), signal, onOdd)) {
    for (const user of page) {
      // Graph may show a user on two pages when others are created or deleted meanwhile.
      if (wanted?.has(user.id) === false || seen.has(user.id)) continue;
      seen.add(user.id);
      if (skipped.has(user.id)) {
        onUnreadable(user.id);
        continue;
      }
      await add(records.get(user.id) ?? noRecord(user.id), user);
      records.delete(user.id);
    }
    onProgress?.({ step: 'users', done: seen.size, total: wanted?.size ?? null });
  }
}

/** The name is for people; no rule sees a property that it did not ask for, so nothing is decided by it. */
function withName(needs: Needs): Needs {
  return { ...needs, properties: new Set([...needs.properties, 'userPrincipalName']) };
}

function noRecord(userId: UserId): UserRecord {
  return { userId, etag: null, state: null, ledger: [], exception: null };
}

/** Without what is long and is not looked at, for there is one of each user of the tenant. */
function slim(record: UserRecord): UserRecord {
  const { state } = record;
  return state === null ? record : { ...record, state: { ...state, reasons: [], skus: [], retry: null } };
}
