import { timing } from '../../kernel/timing';
import type { Services } from '../../pipeline/services';
import { readCensus } from '../../pipeline/census/walk-census';
import type { Levels } from '../../store/ports/ops/levels';
import { countDismissed } from '../failures/list-failures';
import { countBlocked } from '../levels/count-blocked';
import { findOverdue } from '../levels/find-overdue';
import { tenantOf } from '../levels/see-tenant';
import { licensingTimes } from '../users/licensing-times';
import type { StatusFacts } from './status-facts';

/** What takes reading many rows to know. */
export type CountedFacts = Pick<
  StatusFacts,
  'waiting' | 'failures' | 'names' | 'overdue' | 'blocked' | 'dismissed' | 'usersWithoutOutcome' | 'countedAt'
> & {
  /** Of the time to a license in the last `minutes`. */
  readonly p95: number | null;
  readonly minutes: number;
};

const minutesOf = (ms: number) => Math.round(ms / timing.ops.sampleMinute.ms);

/** Counted now: reads every failure and every place of a waiting list. For a timer and for a command, not for a request. */
export async function countNow(
  services: Pick<
    Services,
    'attention' | 'catalogue' | 'clock' | 'cursors' | 'failures' | 'times' | 'users' | 'waiting'
  >,
): Promise<CountedFacts> {
  const [waiting, failures, overdue, blocked, dismissed, times, census] = await Promise.all([
    orElse([], () => readWaiting(services)),
    orElse([], () => countFailures(services)),
    orElse(undefined, () => findOverdue(services)),
    orElse(undefined, () => countBlocked(services.attention)),
    orElse(undefined, () => readDismissed(services)),
    orElse(undefined, () => licensingTimes(services, 1)),
    orElse(undefined, async () => (await readCensus(services)).state),
  ]);
  return {
    waiting,
    failures,
    ...(overdue === undefined ? {} : { overdue }),
    ...(blocked === undefined ? {} : { blocked }),
    ...(dismissed === undefined ? {} : { dismissed }),
    usersWithoutOutcome: census?.counts.unsettled ?? 0,
    countedAt: services.clock.now(),
    p95: times?.all.written.p95 ?? null,
    minutes: minutesOf(timing.ops.timesBucket.ms),
  };
}

/** What the timer `observe` counted; levels of `undefined`: it has not run yet. */
export async function countedFacts(
  { catalogue, clock }: Pick<Services, 'catalogue' | 'clock'>,
  levels: Levels | undefined,
): Promise<CountedFacts> {
  const minutes = minutesOf(timing.ops.lately.ms);
  if (levels === undefined) {
    return { waiting: [], failures: [], usersWithoutOutcome: 0, countedAt: null, p95: null, minutes };
  }
  const tenant = tenantOf(levels, clock.now());
  const waiting = Object.entries(levels.waiting);
  const isNamed = waiting.every(([skuId]) => tenant?.skus.some((sku) => sku.skuId === skuId));
  const read = isNamed ? undefined : await orElse(undefined, async () => (await catalogue.read()).catalogue);
  const nameOf = (skuId: string) =>
    tenant?.skus.find((sku) => sku.skuId === skuId)?.skuPartNumber ??
    read?.findSku(skuId)?.skuPartNumber ??
    skuId;
  return {
    waiting: waiting.map(([skuId, users]) => ({ sku: nameOf(skuId), users })),
    ...(tenant?.names === undefined ? {} : { names: tenant.names }),
    failures: levels.failures,
    ...(levels.overdue === undefined ? {} : { overdue: levels.overdue }),
    ...(levels.blocked === undefined ? {} : { blocked: levels.blocked }),
    dismissed: { count: levels.dismissed.count, since: levels.dismissed.oldestAt },
    usersWithoutOutcome: levels.census.unsettled,
    countedAt: levels.at,
    p95: levels.times.written.p95,
    minutes,
  };
}

async function orElse<Fact>(otherwise: Fact, read: () => Promise<Fact>): Promise<Fact> {
  try {
    return await read();
  } catch {
    return otherwise;
  }
}

async function readWaiting({
  waiting,
  catalogue,
}: Pick<Services, 'catalogue' | 'waiting'>): Promise<StatusFacts['waiting']> {
  const counts = await waiting.counts();
  if ([...counts.values()].every((users) => users === 0)) return [];
  const { catalogue: tenant } = await catalogue.read();
  return [...counts].map(([skuId, users]) => ({ sku: tenant.skuById(skuId)?.skuPartNumber ?? skuId, users }));
}

async function countFailures({ failures }: Pick<Services, 'failures'>): Promise<StatusFacts['failures']> {
  const classes = new Map<string, { class: string; count: number; oldestAt: number }>();
  for await (const { class: name, firstAt } of failures.list('open')) {
    const known = classes.get(name) ?? { class: name, count: 0, oldestAt: firstAt };
    classes.set(name, { ...known, count: known.count + 1, oldestAt: Math.min(known.oldestAt, firstAt) });
  }
  return [...classes.values()].sort((a, b) => b.count - a.count);
}

async function readDismissed(
  services: Pick<Services, 'failures'>,
): Promise<NonNullable<StatusFacts['dismissed']>> {
  const { count, oldestAt } = await countDismissed(services);
  return { count, since: oldestAt === null ? null : Date.parse(oldestAt) };
}
