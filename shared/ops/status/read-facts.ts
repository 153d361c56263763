import { ensureError } from '../../kernel/errors';
import { readCensus } from '../../pipeline/census/walk-census';
import { readRound } from '../../pipeline/intake/delta-round';
import type { Services } from '../../pipeline/services';
import type { QueueInspector } from '../../queue/queue-inspector';
import { queueStatus } from '../queues/queue-status';
import { licensingTimes } from '../users/licensing-times';
import type { StatusFacts } from './status-facts';

export type StatusParts = {
  readonly services: Services;
  readonly inspector: QueueInspector;
  /** When Graph lets the app write again, milliseconds; null: now. */
  readonly quotaClosedUntil: () => Promise<number | null>;
  /** Objective for the time to a license, milliseconds. */
  readonly objective: number;
};

/**
 * Reads what the verdict is made of. What does not answer is a problem in its place, or missing; the tables not
 * answering shows in the pauses.
 */
export async function readFacts({
  services,
  inspector,
  quotaClosedUntil,
  objective,
}: StatusParts): Promise<StatusFacts> {
  const { clock, control, policy } = services;
  const [policyFact, pauses, queues, waiting, failures, rollouts, delta, closedUntil, times, census] =
    await Promise.all([
      orProblem(async () => ({ mode: (await policy.current()).mode })),
      orProblem(() => control.pauses()),
      orProblem(() => queueStatus(inspector, clock)),
      orElse([], () => readWaiting(services)),
      orElse([], () => countFailures(services)),
      orElse([], () => readRollouts(services)),
      orElse({ workedAt: null, failingSince: null, error: null }, () => readRound(services.cursors)),
      orElse(null, quotaClosedUntil),
      orElse(undefined, () => licensingTimes(services, 1)),
      orElse(undefined, async () => (await readCensus(services)).state),
    ]);
  return {
    now: clock.now(),
    policy: policyFact,
    pauses,
    queues,
    waiting,
    failures,
    rollouts,
    delta,
    quotaClosedUntil: closedUntil,
    timeToLicensed: { p95: times?.all.written.p95 ?? null, objective },
    usersWithoutOutcome: census?.counts.unsettled ?? 0,
  };
}

async function orProblem<Fact>(read: () => Promise<Fact>): Promise<Fact | { readonly problem: string }> {
  try {
    return await read();
  } catch (thrown) {
    return { problem: ensureError(thrown).message };
  }
}

async function orElse<Fact>(otherwise: Fact, read: () => Promise<Fact>): Promise<Fact> {
  try {
    return await read();
  } catch {
    return otherwise;
  }
}

async function readWaiting({ waiting, catalogue }: Services): Promise<StatusFacts['waiting']> {
  const counts = await waiting.counts();
  if ([...counts.values()].every((users) => users === 0)) return [];
  const { catalogue: tenant } = await catalogue.read();
  return [...counts].map(([skuId, users]) => ({ sku: tenant.skuById(skuId)?.skuPartNumber ?? skuId, users }));
}

async function countFailures({ failures }: Services): Promise<StatusFacts['failures']> {
  const classes = new Map<string, { class: string; count: number; oldestAt: number }>();
  for await (const { class: name, firstAt } of failures.list('open')) {
    const known = classes.get(name) ?? { class: name, count: 0, oldestAt: firstAt };
    classes.set(name, { ...known, count: known.count + 1, oldestAt: Math.min(known.oldestAt, firstAt) });
  }
  return [...classes.values()].sort((a, b) => b.count - a.count);
}

async function readRollouts({ rollouts }: Services): Promise<StatusFacts['rollouts']> {
  return (await rollouts.list()).flatMap(({ id, state, createdAt, members }) =>
    state === 'awaiting' || state === 'collecting' ? [{ id, state, at: createdAt, members }] : [],
  );
}
