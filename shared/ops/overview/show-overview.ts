import { isoTime } from '../../kernel/clock';
import { timing } from '../../kernel/timing';
import { overrideMembers } from '../../kernel/override-members';
import { countsOf } from '../../observe/counts';
import type { Services } from '../../pipeline/services';
import type { QuotaView } from '../../quota/read-quota';
import type { Levels, StageLevels } from '../../store/ports/ops/levels';
import { readLatest } from '../levels/read-levels';
import type { LevelStores } from '../levels/read-levels';
import { seeTenant, tenantOf } from '../levels/see-tenant';
import { toPauseView } from '../pauses/list-pauses';
import type { PauseView } from '../pauses/list-pauses';
import type { QueueView } from '../queues/queue-status';
import { toSeries } from '../samples/read-series';
import type { Series } from '../samples/read-series';
import type { SamplesSince } from '../samples/remember-samples';
import { orMissing, readSources } from '../sources/read-sources';
import type { Missing, SourcesView } from '../sources/read-sources';
import { readFacts } from '../status/read-facts';
import { readOnce } from '../status/read-once';
import type { StatusParts } from '../status/read-facts';
import { countedFacts } from '../status/read-counted';
import { keptQuota, withKeptAges, withKeptCursors } from './kept-look';
import { judgeNow } from '../status/watch-verdict';
import type { Verdict } from '../status/verdict';

/** Everything that is seen at one look. Times are ISO 8601; a part that is not known is null and stands in `missing`. */
export type OverviewView = {
  readonly at: string;
  /**
   * When `observe` last counted: ages of messages, quota, times, failures, who waits longest, notifications and subscriptions are
   * of then; null: never.
   */
  readonly countedAt: string | null;
  readonly status: Verdict;
  readonly queues: readonly QueueView[] | null;
  readonly pauses: readonly PauseView[] | null;
  /** Users by outcome; `underWay`: none yet. */
  readonly users: {
    readonly outcomes: Readonly<Record<string, number>>;
    readonly total: number;
    /** When each user was last counted. */
    readonly correctedAt: string;
  } | null;
  /** Time to a license of the last `minutes`, milliseconds. */
  readonly times: {
    readonly minutes: number;
    readonly objectiveMs: number;
    readonly decided: StageLevels;
    readonly written: StageLevels;
    readonly verified: StageLevels;
  } | null;
  /** What happened in the last `seconds`. */
  readonly rates: {
    readonly seconds: number;
    /** Hints by who saw the user. */
    readonly hints: Readonly<Record<string, number>>;
    readonly decided: number;
    readonly written: number;
    readonly throttled: number;
    /** By class of refusal. */
    readonly refused: Readonly<Record<string, number>>;
  } | null;
  readonly quota: { readonly perSecond: number; readonly closedUntil: string | null } | null;
  readonly failures: {
    readonly classes: readonly {
      readonly class: string;
      readonly count: number;
      readonly oldestAt: string;
    }[];
    readonly dismissed: { readonly count: number; readonly oldestAt: string | null };
  } | null;
  /** Users who wait longest, at most 20. `kind`: the outcome, or `underWay`. */
  readonly longest: readonly LongestView[] | null;
  /** SKUs with bought seats. `waiting`: users without one. `runsOutAt`: null: not soon, or `note` says why not known. */
  readonly seats: readonly SeatsView[] | null;
  /** When the seats were read in Graph, at most three minutes ago; null: they are not known. */
  readonly seatsAt: string | null;
  readonly rollouts: readonly {
    readonly id: string;
    readonly state: string;
    readonly at: string;
    readonly members: number;
  }[];
  readonly sources: Omit<SourcesView, 'missing'>;
  readonly census: {
    readonly state: string;
    readonly startedAt: string | null;
    readonly endedAt: string | null;
    readonly withoutOutcome: number;
  } | null;
  /** The last hour by the minute; `hours`: by the hour. Names as in `/series`. */
  readonly charts: { readonly lastHour: Series; readonly hours: Series } | null;
  readonly missing: readonly Missing[];
};

type LongestView = {
  readonly id: string;
  readonly userPrincipalName: string | null;
  readonly kind: string;
  readonly since: string;
  readonly reason: string | null;
};
type SeatsView = {
  readonly skuId: string;
  readonly skuPartNumber: string;
  readonly enabled: number;
  readonly consumed: number;
  readonly free: number;
  readonly waiting: number;
  readonly runsOutAt: string | null;
  readonly note: string | null;
};

export type OverviewParts = LevelStores &
  Pick<StatusParts, 'services' | 'inspector' | 'objective'> & {
    readonly samples: { readonly minutes: SamplesSince; readonly hours: SamplesSince };
    readonly quota: () => Promise<QuotaView | null>;
  };

/** Series that are drawn on the first page. */
const drawn = [
  'in',
  'decided',
  'written',
  'throttled',
  'written.users',
  'written.p50',
  'written.p95',
  'written.p99',
  'waiting',
  'openFailures',
  'directory-changes.active',
  'directory-changes.oldestAgeMs',
  'license-changes.active',
  'license-changes.oldestAgeMs',
  'license-changes-bulk.active',
];

/**
 * The overview: five requests to the tables where `observe` has just run (what it saw beside the counters, the rounds of following
 * changes, pauses, rollouts, the policy in force; the last two seldom), and 12 at most; none reads a table from end to end. Never throws for a part that does not answer.
 */
export async function showOverview(parts: OverviewParts, hours: number): Promise<OverviewView> {
  const { objective, samples } = parts;
  const { clock } = parts.services;
  const now = clock.now();
  const missing: Missing[] = [];
  const latest = orMissing(missing, 'levels', () => readLatest(parts, clock));
  const reading = latest.then((found) => (found === null ? null : found.levels));
  const { services, inspector } = readOnce(
    lookingOn({ ...parts.services, cursors: withKeptCursors(parts.services, latest) }),
    withKeptAges(parts.inspector, reading, clock),
  );
  const asking = orMissing(missing, 'quota', () => keptQuota(parts.quota, reading, clock));
  const status: StatusParts = {
    services,
    inspector,
    objective,
    counted: async () => countedFacts(services, (await reading) ?? undefined),
    quotaClosedUntil: async () => closedAt(await asking, now),
  };
  const { timesBucket: hour, sampleMinute, sampleHour } = timing.ops;
  const [facts, levels, quota, seats, charts] = await Promise.all([
    readFacts(status),
    reading,
    asking,
    orMissing(missing, 'seats', async () => readSeats(services, (await reading) ?? undefined)),
    orMissing(missing, 'charts', async () => {
      const observedAt = (await latest)?.look?.at;
      const firstHour = Math.floor((now - hours * hour.ms) / sampleHour.ms) * sampleHour.ms + sampleMinute.ms;
      return {
        lastHour: toSeries(await samples.minutes(now - hour.ms, observedAt), drawn),
        hours: toSeries(await samples.hours(firstHour, observedAt), drawn),
      };
    }),
  ]);
  const round = { error: null, ...facts.delta };
  const { groups } = facts;
  const groupRound = groups === undefined ? undefined : async () => ({ error: null, ...groups });
  const [verdict, { missing: unread, ...sources }] = await Promise.all([
    judgeNow(services, facts),
    readSources(services, async () => round, groupRound),
  ]);
  if (levels === undefined) missing.push({ part: 'levels', why: 'The timer `observe` has not counted yet.' });
  for (const [part, fact] of Object.entries({ queues: facts.queues, pauses: facts.pauses }))
    if ('problem' in fact) missing.push({ part, why: fact.problem });
  return {
    at: isoTime(now),
    countedAt: timeOf(levels?.at ?? null),
    status: verdict,
    queues: 'problem' in facts.queues ? null : facts.queues,
    pauses: 'problem' in facts.pauses ? null : facts.pauses.map((one) => toPauseView(one, now)),
    ...(levels === null || levels === undefined ? unknownLevels : showLevels(levels, objective)),
    quota: quota === null ? null : { perSecond: quota.perSecond, closedUntil: timeOf(closedAt(quota, now)) },
    seats: seats?.seats ?? null,
    seatsAt: timeOf(seats?.at ?? null),
    rollouts: facts.rollouts.map(({ id, state, at, members }) => ({ id, state, at: isoTime(at), members })),
    sources,
    charts,
    missing: [...missing, ...unread],
  };
}

/** Seats and names may be older than where something is decided by them. */
function lookingOn<Own extends Pick<Services, 'catalogue'>>(services: Own): Own {
  const { catalogue } = services;
  const read = () => catalogue.readWithin(timing.ops.seatsShown.ms);
  return { ...services, catalogue: overrideMembers(catalogue, { read }) };
}

const unknownLevels = {
  users: null,
  times: null,
  rates: null,
  failures: null,
  longest: null,
  census: null,
} as const;

function showLevels(
  levels: Levels,
  objectiveMs: number,
): Pick<OverviewView, 'users' | 'times' | 'rates' | 'failures' | 'longest' | 'census'> {
  const { users, correctedAt, times, rates, failures, dismissed, longest, census } = levels;
  const group = (name: string) => countsOf(rates.counts, name);
  return {
    users: {
      outcomes: users,
      total: Object.values(users).reduce((sum, count) => sum + count, 0),
      correctedAt: isoTime(correctedAt),
    },
    times: { minutes: Math.round(timing.ops.lately.ms / timing.ops.sampleMinute.ms), objectiveMs, ...times },
    rates: {
      seconds: Math.round((rates.until - rates.from) / 1_000),
      hints: group('hints'),
      decided: rates.counts['decided'] ?? 0,
      written: rates.counts['written'] ?? 0,
      throttled: rates.counts['throttled'] ?? 0,
      refused: group('refused'),
    },
    failures: {
      classes: failures.map((one) => ({ ...one, oldestAt: isoTime(one.oldestAt) })),
      dismissed: { count: dismissed.count, oldestAt: timeOf(dismissed.oldestAt) },
    },
    longest: longest.map(({ userId, userPrincipalName, kind, since, reason }) => ({
      id: userId,
      userPrincipalName,
      kind,
      since: isoTime(since),
      reason,
    })),
    census: {
      state: census.state,
      startedAt: timeOf(census.startedAt),
      endedAt: timeOf(census.endedAt),
      withoutOutcome: census.unsettled,
    },
  };
}

/** The seats that `observe` last saw; where it saw none lately, Graph is asked now. */
async function readSeats(
  services: Pick<Services, 'catalogue' | 'clock' | 'policy'>,
  levels: Levels | undefined,
): Promise<{ readonly seats: readonly SeatsView[]; readonly at: number }> {
  const { skus, at } = tenantOf(levels, services.clock.now()) ?? (await seeTenant(services));
  const seats = skus
    .filter(({ skuId, enabled, consumed }) => enabled + consumed + (levels?.waiting[skuId] ?? 0) > 0)
    .map((sku) => {
      const forecast = levels?.forecast.find(({ skuId }) => skuId === sku.skuId);
      return {
        ...sku,
        waiting: levels?.waiting[sku.skuId] ?? 0,
        runsOutAt: forecast?.runsOutAt ?? null,
        note: forecast?.note ?? null,
      };
    })
    .sort((a, b) => b.waiting - a.waiting || compare(a.skuPartNumber, b.skuPartNumber));
  return { seats, at };
}

const { compare } = new Intl.Collator('en');

function closedAt(quota: QuotaView | null, now: number): number | null {
  return quota !== null && quota.closedUntil > now ? quota.closedUntil : null;
}

function timeOf(at: number | null): string | null {
  return at === null ? null : isoTime(at);
}
