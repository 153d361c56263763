import type { OpenGraph } from '@auto-licenser/graph-emulator/open-graph';
import type { Wanted } from '../script/policy-oracle';
import type { Change, FaultKind, Script } from '../script/script';
import { family, userIdOf } from '../script/tenant-model';
import type { PlanName, SkuName, UserNumber } from '../script/tenant-model';
import { planOf, skuOf } from '../world/holdings';
import type { History } from './history';
import type { Looks } from './looks';
import type { Problem } from './problem';

/** Calls between the read and the write take seconds; one that fails is made again within seconds. */
const knownAfterMs = 20_000;
/** What makes it longer: replicas that are behind, and what is waited for. */
const longerMs: Readonly<Partial<Record<FaultKind, number>>> = {
  staleReads: 20_000,
  flappingReads: 20_000,
  groupLag: 20_000,
  tableError: 10_000,
  tableErrorAfterCommit: 10_000,
  graph429: 10_000,
  graph503: 10_000,
  graph500: 10_000,
  graphTimeout: 60_000,
  graphTimeoutAfterCommit: 60_000,
  tablesAway: 120_000,
};

/** A fault may delay what comes for this time after it. */
const delaysForMs = 240_000;

/** What is kept of a policy's groups and of the catalogue is not older than this. */
const keptMs = 10_000;
/** What may come between the read and the write, or make the read show what was: faults of the last two minutes. */
const afterReadMs: typeof longerMs = {
  staleReads: 20_000,
  flappingReads: 20_000,
  groupLag: 20_000,
  tableError: 10_000,
  tableErrorAfterCommit: 10_000,
  tablesAway: 120_000,
};
const lastsMs = 120_000;

/** What was so for this time before a write was known to a look just before the write (milliseconds). */
function knownAfter(strikes: Strikes, at: number): number {
  return knownAfterMs + longer(strikes, at, delaysForMs, longerMs);
}

/** The same, where it is known when the user was read for this write. */
function knownAfterRead(strikes: Strikes, at: number, readAt: number | undefined): number {
  const mostMs = knownAfter(strikes, at);
  if (readAt === undefined) return mostMs;
  return Math.min(mostMs, at - readAt + keptMs + longer(strikes, at, lastsMs, afterReadMs));
}

function longer(strikes: Strikes, at: number, withinMs: number, by: typeof longerMs): number {
  const near = strikes.filter((strike) => strike.at <= at && strike.at >= at - withinMs);
  const kinds = new Set(near.map(({ kind }) => kind));
  return [...kinds].reduce((sum, kind) => sum + (by[kind] ?? 0), 0);
}

/** Which faults struck, and when (milliseconds). */
export type Strikes = readonly { readonly kind: FaultKind; readonly at: number }[];
type WriteLogEntry = ReturnType<OpenGraph['engine']['writeLog']['after']>[number];
type Held = ReadonlyMap<SkuName, readonly PlanName[]>;
type Write = { readonly entry: WriteLogEntry; readonly before: Held; readonly after: Held };

export type JudgedWrites = {
  readonly problems: readonly Problem[];
  /** Licenses that the app gave and no admin has changed since, by user. */
  readonly ours: ReadonlyMap<UserNumber, ReadonlySet<SkuName>>;
  readonly effective: number;
};

/** Judges every write that the app has made, by what the tenant was at the time. `looks`: what it had read before. */
export function judgeWrites(
  graph: OpenGraph,
  history: History,
  { changes }: Pick<Script, 'changes'>,
  strikes: Strikes,
  startedAt: number,
  looks?: Looks,
): JudgedWrites {
  const numbers = new Map(history.users.map((user) => [userIdOf(user), user]));
  const log = graph.engine.writeLog.after(0).filter(({ effective }) => effective);
  const problems: Problem[] = [];
  const ours = new Map<UserNumber, ReadonlySet<SkuName>>();
  const last = new Map<string, WriteLogEntry>();
  for (const entry of log) {
    const user = numbers.get(entry.userId ?? '');
    if (user === undefined || entry.before === null || entry.after === null) continue;
    const knownMs = knownAfter(strikes, entry.at);
    const own = changes.filter((change) => concerns(change, user));
    problems.push(
      ...judgeRepeat(
        entry,
        user,
        last,
        own.map(({ at }) => startedAt + at),
        knownMs,
      ),
    );
    if (entry.kind !== 'assignLicense') continue;
    const write = { entry, before: heldOf(entry.before), after: heldOf(entry.after) };
    const untouched = (sku: SkuName) => !own.some((change) => isByAdmin(change, sku));
    const before = [...(ours.get(user) ?? [])].filter((sku) => write.before.has(sku));
    const given = [...write.after.keys()].filter((sku) => !write.before.has(sku));
    ours.set(user, new Set([...before, ...given].filter((sku) => write.after.has(sku) && untouched(sku))));
    const isPinned = own.some((change) => change.kind === 'undo');
    const readAt = looks?.readFor(userIdOf(user), entry.at);
    const judged = { write, user, history, isPinned, knownMs: knownAfterRead(strikes, entry.at, readAt) };
    problems.push(...judgeTaken(judged, (sku) => !before.includes(sku) && untouched(sku)));
    problems.push(...judgeGap(judged));
    if (!isPinned) problems.push(...judgeGiven(judged, given));
  }
  return { problems, ours, effective: log.length };
}

type Judged = {
  readonly write: Write;
  readonly user: UserNumber;
  readonly history: History;
  /** A person changed what the policy gives this user. */
  readonly isPinned: boolean;
  readonly knownMs: number;
};

const during = ({ write, user, history, knownMs }: Judged) =>
  history.wantedDuring(user, write.entry.at - knownMs, write.entry.at);

/** `sku` or what it may stand in for. */
const grants = (wanted: ReadonlyMap<SkuName, Wanted>, sku: SkuName) =>
  wanted.has(sku) || [...wanted.values()].some(({ fallback }) => fallback.includes(sku));

function judgeTaken(judged: Judged, isForeign: (sku: SkuName) => boolean): Problem[] {
  const { write, user, isPinned } = judged;
  const { before, after, entry } = write;
  const wanted = during(judged);
  const guilty = (text: string): Problem => ({
    kind: 'wronglyRemoved',
    text: `user ${String(user)}, write ${String(entry.seq)}: ${text}`,
  });
  return [...before].flatMap(([sku, off]) => {
    const now = after.get(sku);
    if (now === undefined) {
      if (isForeign(sku)) return [guilty(`took ${sku}, which was not the app's`)];
      const isReplaced = wanted.some((one) =>
        [...one].some(([other, { fallback }]) => after.has(other) && fallback.includes(sku)),
      );
      const isEntitled = wanted.every((one) => grants(one, sku));
      return isEntitled && !isReplaced && !isPinned ? [guilty(`took ${sku}, which the policy grants`)] : [];
    }
    return now
      .filter((plan) => !off.includes(plan))
      .flatMap((plan) => {
        if (isForeign(sku)) return [guilty(`switched ${plan} of ${sku} off, which was not the app's`)];
        const isOn = wanted.every((one) => one.get(sku)?.off.includes(plan) === false);
        return isOn && !isPinned
          ? [guilty(`switched ${plan} of ${sku} off, which the policy leaves on`)]
          : [];
      });
  });
}

/** A user of the exclusive group who is entitled to one of its SKUs all the time is never left without one. */
function judgeGap(judged: Judged): Problem[] {
  const { write, user, history, isPinned } = judged;
  const { before, after, entry } = write;
  const isOfFamily = (held: Held) => family.some((sku) => held.has(sku));
  if (isPinned || !isOfFamily(before) || isOfFamily(after)) return [];
  if (!history.policiesUpTo(entry.at).every(({ isFamilyExclusive }) => isFamilyExclusive)) return [];
  if (!during(judged).every((wanted) => family.some((sku) => wanted.has(sku)))) return [];
  return [
    { kind: 'wronglyRemoved', text: `user ${String(user)}, write ${String(entry.seq)}: a gap in a swap` },
  ];
}

function judgeGiven(judged: Judged, given: readonly SkuName[]): Problem[] {
  const { write, user } = judged;
  const wanted = during(judged);
  return given
    .filter((sku) => !wanted.some((one) => grants(one, sku)))
    .map((sku) => ({
      kind: 'wronglyGiven',
      text: `user ${String(user)}, write ${String(write.entry.seq)}: gave ${sku}, which the policy did not grant`,
    }));
}

/** The same write with effect, and nothing happened in between that could have called for it. */
function judgeRepeat(
  entry: WriteLogEntry,
  user: UserNumber,
  last: Map<string, WriteLogEntry>,
  /** When something happened that may have called for it. */
  causes: readonly number[],
  knownMs: number,
): Problem[] {
  const key = JSON.stringify([user, entry.kind, entry.add, entry.remove, entry.usageLocation]);
  const before = last.get(key);
  last.set(key, entry);
  if (before === undefined) return [];
  const isCalledFor = causes.some((at) => at >= before.at - knownMs && at <= entry.at);
  return isCalledFor
    ? []
    : [
        {
          kind: 'doubled',
          text: `user ${String(user)}: write ${String(entry.seq)} repeats ${String(before.seq)}`,
        },
      ];
}

/** Whether a change may be the cause of a write to this user. */
function concerns(change: Change, user: UserNumber): boolean {
  return !('user' in change) || change.user === user;
}

function isByAdmin(change: Change, sku: SkuName): boolean {
  return (change.kind === 'adminAssign' || change.kind === 'adminRemove') && change.sku === sku;
}

function heldOf({ directLicenses }: NonNullable<WriteLogEntry['before']>): Held {
  return new Map(directLicenses.map(({ skuId, disabledPlans }) => [skuOf(skuId), disabledPlans.map(planOf)]));
}
