import { collect } from '../../kernel/concurrently';
import { ConcurrencyError, PermanentError } from '../../kernel/errors';
import { toUserId } from '../../kernel/ids';
import { timing } from '../../kernel/timing';
import { within } from '../../kernel/within';
import { sumCounts, timesOf } from '../../observe/counts';
import type { Counts } from '../../observe/counts';
import { readCensus } from '../../pipeline/census/walk-census';
import type { Services } from '../../pipeline/services';
import type { Levels } from '../../store/ports/ops/levels';
import type { Stored } from '../../store/ports/record-store';
import type { QueueInspector } from '../../queue/queue-inspector';
import { queueNames } from '../../queue/queues';
import type { QuotaView } from '../../quota/read-quota';
import { attentionKinds } from '../../store/ports/ops/attention';
import { censusStatus } from '../census/census';
import { forecastSeats } from '../seats/forecast-seats';
import type { SampleStores } from '../samples/sample-id';
import { addGaps } from '../sources/read-gaps';
import { nameOfUser } from '../users/user-names';
import { countBlocked } from './count-blocked';
import { LateUsers } from './find-overdue';
import { countUsers, countersFrom, countsBetween } from './count-users';
import { levelsId } from './read-levels';
import type { LevelStores } from './read-levels';
import { seeTenant } from './see-tenant';

/** Users who wait longest are shown; more of them are on the pages of the index. */
const mostLongest = 20;
const stages = ['decided', 'written', 'verified'] as const;

export type CountingParts = LevelStores & {
  readonly services: Services;
  readonly samples: SampleStores;
  readonly inspector: Pick<QueueInspector, 'counts' | 'oldestActiveAt'>;
  /** The shared write quota as its row says. */
  readonly quota: () => Promise<QuotaView | null>;
};

/** What a run of `observe` counted, beside what it stores as levels. */
export type Counted = {
  readonly levels: Levels;
  /** Since the run before. */
  readonly recent: Counts;
};

/**
 * Of the timer `observe`: counts what the ops API shows, so that no request of a person has to. Users' rows are read one
 * by one at the first run and after each census; between them the counters of all processes are added.
 * @throws TransientError the tables are away
 */
export async function countLevels(parts: CountingParts): Promise<Counted> {
  const { levels, counters, services } = parts;
  const { clock } = services;
  const now = clock.now();
  const before = await readOrForget(levels);
  const { countedRates, countersSettle, countersKept } = timing.ops;
  const from = before?.value.rates.until ?? now - countedRates.ms;
  // As of users, what is counted for good is counted once a process that could not write at once has done so.
  const settled = { from: from - countersSettle.ms, until: now - countersSettle.ms };
  const rows = await collect(counters.list(Math.min(countersFrom(before?.value, now), settled.from)));
  const [census, state] = await Promise.all([censusStatus(services), readCensus(services)]);
  const users = await countUsers(services, rows, before?.value, settled.until, state.state);
  const recent = sumCounts(countsBetween(rows, from, now));
  const ofSources = sumCounts(countsBetween(rows, settled.from, settled.until));
  const late = new LateUsers(now);
  const [oldest, quota, tenant, waiting, failures, longest, blocked] = await Promise.all([
    findOldest(parts.inspector).catch(() => undefined),
    parts.quota().catch(() => undefined),
    seeInTime(services),
    services.waiting.counts(),
    countFailures(services),
    findLongest(services, late),
    countBlocked(services.attention),
  ]);
  const overdue = await late.find(services.users, await isBulkEmpty(parts.inspector).catch(() => false));
  const value: Levels = {
    at: now,
    ...users,
    waiting: Object.fromEntries([...waiting].filter(([, count]) => count > 0)),
    ...failures,
    times: await timesOfLately(parts.samples, recent, now),
    rates: { from, until: now, counts: withoutLevels(recent) },
    gaps: addGaps(before?.value.gaps ?? [], ofSources, settled.from, settled.until),
    longest,
    ...(overdue === undefined ? {} : { overdue }),
    blocked,
    ...(oldest === undefined ? {} : { oldest }),
    ...(quota === undefined ? {} : { quota }),
    ...ofTenant(tenant ?? before?.value.tenant),
    ...(await forecast(parts, before?.value, now)),
    census: {
      id: state.state?.id ?? null,
      state: census.state,
      startedAt: state.state?.startedAt ?? null,
      endedAt: state.state?.endedAt ?? null,
      unsettled: state.state?.counts.unsettled ?? 0,
    },
  };
  try {
    if (before === undefined) await levels.create(levelsId, value);
    else await levels.update(before, value);
  } catch (error) {
    // Another process has counted at the same time.
    if (!(error instanceof ConcurrencyError)) throw error;
  }
  await counters.removeUntil(now - countersKept.ms);
  return { levels: value, recent };
}

/** A row that cannot be read is counted anew. */
async function readOrForget(levels: LevelStores['levels']): Promise<Stored<Levels> | undefined> {
  try {
    return await levels.read(levelsId);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    await levels.remove(levelsId);
    return undefined;
  }
}

async function forecast(
  { samples }: CountingParts,
  before: Levels | undefined,
  now: number,
): Promise<Pick<Levels, 'forecast' | 'forecastAt'>> {
  if (
    before !== undefined &&
    before.forecast.length > 0 &&
    now - before.forecastAt < timing.ops.sampleHour.ms
  )
    return { forecast: before.forecast, forecastAt: before.forecastAt };
  return { forecast: [...(await forecastSeats(samples, now))], forecastAt: now };
}

function withoutLevels(counts: Counts): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts).filter(([name]) => !/^(?:users|waiting|time)\./.test(name)),
  );
}

/** The buckets of the last samples, and what came since. */
async function timesOfLately(
  { minutes }: SampleStores,
  recent: Counts,
  now: number,
): Promise<Levels['times']> {
  const { lately, sampleMinute } = timing.ops;
  const buckets: Counts[] = [recent];
  for await (const { value } of minutes.list({ limit: Math.ceil(lately.ms / sampleMinute.ms) })) {
    if (value.at <= now - lately.ms) break;
    buckets.push(value.times ?? {});
  }
  const sum = sumCounts(buckets);
  const [decided, written, verified] = stages.map((stage) => timesOf(sum, stage));
  const none = timesOf({}, 'written');
  return { decided: decided ?? none, written: written ?? none, verified: verified ?? none };
}

async function countFailures({
  failures,
}: Pick<Services, 'failures'>): Promise<Pick<Levels, 'failures' | 'dismissed'>> {
  await failures.reindex();
  const classes = new Map<string, Levels['failures'][number]>();
  for await (const { class: name, firstAt } of failures.list('open')) {
    const known = classes.get(name) ?? { class: name, count: 0, oldestAt: firstAt };
    classes.set(name, { ...known, count: known.count + 1, oldestAt: Math.min(known.oldestAt, firstAt) });
  }
  let count = 0;
  let oldestAt: number | null = null;
  for await (const { settledBy } of failures.list('dismissed')) {
    count += 1;
    if (settledBy !== undefined) oldestAt = Math.min(oldestAt ?? Infinity, settledBy.at);
  }
  return {
    failures: [...classes.values()].sort((a, b) => b.count - a.count),
    dismissed: { count, oldestAt },
  };
}

/** When the oldest active message of each queue came, milliseconds; a queue of which that is not known is left out. */
async function findOldest(inspector: CountingParts['inspector']): Promise<NonNullable<Levels['oldest']>> {
  const found = await Promise.all(
    Object.values(queueNames).map(async (queue) => {
      const isEmpty = (await inspector.counts(queue))?.active === 0;
      return [queue, isEmpty ? null : await inspector.oldestActiveAt(queue)] as const;
    }),
  );
  return Object.fromEntries(found.flatMap(([queue, at]) => (at === 'unknown' ? [] : [[queue, at] as const])));
}

async function isBulkEmpty(inspector: CountingParts['inspector']): Promise<boolean> {
  const counts = await inspector.counts(queueNames.licenseChangesBulk);
  return counts !== undefined && counts.active + counts.scheduled === 0;
}

/** undefined: Graph does not answer in time; the verdict must not wait for it. */
async function seeInTime(services: Parameters<typeof seeTenant>[0]): Promise<Levels['tenant']> {
  let seen: Levels['tenant'];
  const looking = seeTenant(services).then((found) => {
    seen = found;
  });
  await within(looking, timing.ops.tenantLook.ms);
  return seen;
}

/** What was seen before tells its age. */
function ofTenant(tenant: Levels['tenant']): Pick<Levels, 'tenant'> {
  return tenant === undefined ? {} : { tenant };
}

/** `late`: notes everybody under way, so that the index is read once. */
async function findLongest(
  services: Pick<Services, 'attention' | 'users' | 'clock'>,
  late: LateUsers,
): Promise<Levels['longest']> {
  const found: Levels['longest'] = [];
  // A pin and a period of grace are meant to last.
  const kinds = attentionKinds.filter((kind) => kind !== 'pinned' && kind !== 'grace');
  for (const kind of kinds) {
    for await (const entry of services.attention.list(kind)) {
      const { userId, userPrincipalName, since, reason } = entry;
      if (kind === 'underWay') late.note(entry);
      found.push({ userId, userPrincipalName, kind, since, reason: reason?.text ?? null });
      if (found.length > mostLongest * 2) keepLongest(found);
    }
  }
  // Who was noted before the first look has no name there yet; the row may have it by now.
  return Promise.all(
    keepLongest(found).map(async (one) => ({
      ...one,
      userPrincipalName: one.userPrincipalName ?? (await nameOfUser(services, toUserId(one.userId))),
    })),
  );
}

function keepLongest(found: Levels['longest']): Levels['longest'] {
  found.sort((a, b) => a.since - b.since);
  found.splice(mostLongest);
  return found;
}
