import { PermanentError, ensureError } from '../../kernel/errors';
import { timing } from '../../kernel/timing';
import { readRounds } from '../../pipeline/intake/delta-round';
import type { Services } from '../../pipeline/services';
import { findPolicyTroubles } from '../../pipeline/sources/policy-troubles';
import type { QueueInspector } from '../../queue/queue-inspector';
import { subscriptionEndsAt } from '../sources/subscription-end';
import { queueStatus } from '../queues/queue-status';
import { countNow } from './read-counted';
import type { CountedFacts } from './read-counted';
import type { StatusFacts } from './status-facts';

export type StatusParts = {
  readonly services: Services;
  readonly inspector: QueueInspector;
  /** When Graph lets the app write again, milliseconds; null: now. */
  readonly quotaClosedUntil: () => Promise<number | null>;
  /** Objective for the time to a license, milliseconds. */
  readonly objective: number;
  /** What the timer `observe` counted. Absent: it is counted now, which takes seconds on a large tenant. */
  readonly counted?: () => Promise<CountedFacts>;
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
  counted = () => countNow(services),
}: StatusParts): Promise<StatusFacts> {
  const { clock, control, policy } = services;
  const none: CountedFacts = {
    waiting: [],
    failures: [],
    usersWithoutOutcome: 0,
    countedAt: null,
    p95: null,
    minutes: Math.round(timing.ops.lately.ms / timing.ops.sampleMinute.ms),
  };
  const counting = orElse(none, counted);
  const [policyFact, pauses, names, queues, rollouts, rounds, endsAt, closedUntil, counts] =
    await Promise.all([
      orProblem(async () => ({ mode: (await policy.current()).mode })),
      orProblem(() => control.pauses()),
      orElse(undefined, async () => (await counting).names ?? (await findPolicyTroubles(services))),
      orProblem(() => queueStatus(inspector, clock)),
      orElse([], () => readRollouts(services)),
      orElse(undefined, () => readRounds(services.cursors)),
      orElse(undefined, () => subscriptionEndsAt(services)),
      orElse(null, quotaClosedUntil),
      counting,
    ]);
  const { p95, minutes, ...rest } = counts;
  return {
    now: clock.now(),
    policy: policyFact,
    pauses,
    ...(names === undefined ? {} : { names }),
    queues,
    rollouts,
    delta: rounds?.users ?? { workedAt: null, failingSince: null, error: null },
    ...(rounds === undefined ? {} : { groups: rounds.groups }),
    ...(endsAt === undefined ? {} : { subscriptionEndsAt: endsAt }),
    quotaClosedUntil: closedUntil,
    timeToLicensed: { p95, minutes, objective },
    ...(services.settings.approval === undefined ? {} : { approval: services.settings.approval }),
    ...rest,
  };
}

type Problem = { readonly problem: string; readonly isRefused?: true };

async function orProblem<Fact>(read: () => Promise<Fact>): Promise<Fact | Problem> {
  try {
    return await read();
  } catch (thrown) {
    const { message } = ensureError(thrown);
    const isRefused = thrown instanceof PermanentError && thrown.code === 'queue/not-allowed';
    return isRefused ? { problem: message, isRefused } : { problem: message };
  }
}

async function orElse<Fact>(otherwise: Fact, read: () => Promise<Fact>): Promise<Fact> {
  try {
    return await read();
  } catch {
    return otherwise;
  }
}

async function readRollouts({ rollouts }: Pick<Services, 'rollouts'>): Promise<StatusFacts['rollouts']> {
  return (await rollouts.list()).flatMap(({ id, state, createdAt, members }) =>
    state === 'awaiting' || state === 'collecting' ? [{ id, state, at: createdAt, members }] : [],
  );
}
