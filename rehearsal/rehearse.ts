import type { WriteLogEntry } from '@auto-licenser/graph-emulator/client';
import type { TenantLine } from '@auto-licenser/graph-emulator/tenant-line';
import { aWorkingDay, usualChanges } from '@auto-licenser/graph-emulator/usual-changes';
import type { PeopleCounts } from '@auto-licenser/graph-emulator/usual-changes';
import { GraphError } from '../shared/graph/refusals/graph-error';
import { UserError } from '../shared/kernel/errors';
import type { Logger } from '../shared/kernel/logger';
import { seededRandom } from '../shared/kernel/random';
import { compilePolicy } from '../shared/pipeline/sources/policy-file';
import type { Policy } from '../shared/policy/policy';
import type { SubscribedSku } from '../shared/words/sku';
import { compareCosts } from './judge/costs';
import type { RehearsedCost, RehearsedSku } from './judge/costs';
import { judgeTenant } from './judge/judge-tenant';
import type { JudgedUser } from './judge/judge-tenant';
import { countReductions, ranksOf } from './judge/reductions';
import { summarizeTimes, timesToLicensed } from './judge/times-to-licensed';
import type { TimesToLicensed } from './judge/times-to-licensed';
import { approveEachMorning } from './people/approver';
import { WorkingDays } from './people/working-days';
import { ProductWorld } from './world/product-world';
import { runUntilQuiet } from './world/run-until-quiet';

export type RehearseOptions = {
  readonly tenant: Iterable<TenantLine>;
  readonly policy: { readonly name: string; readonly text: string };
  readonly days: number;
  readonly seed: number;
  /** Midnight of the first day: milliseconds since 1970. */
  readonly startAt: number;
  /** A person approves each morning what guards hold back; false: it stays held. */
  readonly approves: boolean;
  /** What is not given is a normal day's. */
  readonly people: Partial<PeopleCounts>;
  /** Of a seat a month, by part number or id in lower case; beside the policy's own, which they take the place of. */
  readonly prices: ReadonlyMap<string, number>;
  readonly logger: Logger;
  /** Told after each minute of the tenant's time. */
  readonly onProgress?: (progress: RehearsalProgress) => void;
};

/** How far a rehearsal is. */
export type RehearsalProgress = {
  /** Whole minutes of the tenant's time since midnight of the first day. */
  readonly minutes: number;
  /** Users the product has a row of; the first census, which is most of the work, ends when it has one of each. */
  readonly known: number;
  /** Users of the tenant now. */
  readonly users: number;
};

/** What a rehearsal came to (contract: the first keys); users are those of the tenant at the end. */
export type Rehearsal = {
  readonly days: number;
  readonly users: number;
  readonly licensed: number;
  readonly waiting: number;
  readonly blocked: number;
  readonly held: number;
  /** Writes that took something from a user. */
  readonly reductions: number;
  readonly cost: RehearsedCost;
  /** Of those who joined on these days and were licensed. */
  readonly timeToLicensedMs: TimesToLicensed;
  readonly lost: number;
  /** The policy gives them nothing. */
  readonly nothing: number;
  readonly outOfScope: number;
  readonly grace: number;
  readonly pinned: number;
  readonly failed: number;
  readonly people: PeopleCounts;
  /** Who joined on all days together, and how many of them Graph gave a license to. */
  readonly joiners: { readonly joined: number; readonly licensed: number };
  /** License changes that Graph carried out, and what it refused. */
  readonly writes: { readonly done: number; readonly refused: number; readonly throttled: number };
  readonly skus: readonly RehearsedSku[];
  /** Users who are not plainly as the policy says, with the reasons. */
  readonly concerned: readonly JudgedUser[];
  readonly policy: { readonly name: string; readonly hash: string; readonly mode: Policy['mode'] };
  readonly seed: number;
  /** ISO 8601. */
  readonly from: string;
};

const dayMs = 24 * 60 * 60_000;
const minuteMs = 60_000;

/** The last midnight in UTC; both milliseconds since 1970. */
export function midnightBefore(at: number): number {
  return Math.floor(at / dayMs) * dayMs;
}

/**
 * Runs the whole product on a copy of a tenant for some working days of the tenant's time: the first census of everybody,
 * then people who join, move and leave.
 * @throws UserError for a policy that cannot be used, or a tenant that does not hold together
 */
export async function rehearse(options: RehearseOptions): Promise<Rehearsal> {
  const { policy: file, days, seed, startAt, logger } = options;
  const policy = compilePolicy(file.text, file.name);
  const world = new ProductWorld({
    tenant: options.tenant,
    policyFile: { path: file.name, read: async () => file.text },
    seed,
    startAt,
    logger,
  });
  try {
    const { engine } = world.graph;
    const before = await world.during(world.hosts.timers.directory.listSkus());
    await refuseUnusable(world, file.name);
    const people = usualChanges(engine, aWorkingDay, options.people);
    const working = new WorkingDays(world.time, engine, seededRandom(seed + 7));
    working.plan(days, people);
    const broken: unknown[] = [];
    if (options.approves) approveEachMorning(world, days, (error) => void broken.push(error));
    world.start();
    for (let minutes = 1; minutes * minuteMs <= days * dayMs; minutes++) {
      await world.time.run(minutes * minuteMs);
      if (broken.length > 0) throw broken[0];
      options.onProgress?.({
        minutes,
        known: world.tables.partitionsOf('users'),
        users: engine.tenant.userCount,
      });
    }
    // What a night is too short for goes on.
    await runUntilQuiet(world, days * dayMs);
    world.stop();
    return await judge(world, {
      ...options,
      policy,
      name: file.name,
      people,
      before,
      joined: working.joined,
    });
  } finally {
    world.close();
  }
}

/** What stands against the policy in this tenant is said before a day is spent on it. @throws UserError */
async function refuseUnusable(world: ProductWorld, name: string): Promise<void> {
  try {
    await world.during(world.hosts.timers.policy.active());
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (!(error instanceof GraphError)) throw error;
    throw new UserError('policy/invalid', `${name} cannot be used in this tenant: ${error.message}`, {
      cause: error,
    });
  }
}

type Judged = Omit<RehearseOptions, 'policy'> & {
  readonly policy: Policy;
  readonly name: string;
  readonly people: PeopleCounts;
  readonly before: readonly SubscribedSku[];
  readonly joined: WorkingDays['joined'];
};

async function judge(
  world: ProductWorld,
  { policy, name, people, before, joined, days, seed, startAt, prices: given }: Judged,
): Promise<Rehearsal> {
  const { engine, dispatcher } = world.graph;
  const { users, counts, concerned } = await judgeTenant(world, policy);
  const after = await world.during(world.hosts.timers.directory.listSkus());
  const own = Object.entries(policy.prices).map(([name, price]) => [name.toLowerCase(), price] as const);
  const { skus, cost } = compareCosts(before, after, new Map([...own, ...given]));
  const log = () => engine.writeLog.views();
  const times = timesToLicensed(joined, log());
  const { licensed, waiting, blocked, held, lost, nothing, outOfScope, grace, pinned, failed } = counts;
  return {
    days,
    users,
    licensed,
    waiting,
    blocked,
    held,
    reductions: countReductions(log(), ranksOf(policy, after)),
    cost,
    timeToLicensedMs: summarizeTimes(times),
    lost,
    nothing,
    outOfScope,
    grace,
    pinned,
    failed,
    people,
    joiners: { joined: joined.length, licensed: times.length },
    writes: { ...countWrites(log()), throttled: dispatcher.counters.throttled },
    skus,
    concerned,
    policy: { name, hash: policy.hash, mode: policy.mode },
    seed,
    from: new Date(startAt).toISOString(),
  };
}

function countWrites(log: Iterable<Pick<WriteLogEntry, 'kind' | 'effective' | 'status'>>) {
  const counts = { done: 0, refused: 0 };
  for (const { kind, effective, status } of log) {
    if (kind !== 'assignLicense') continue;
    if (effective) counts.done++;
    if (status >= 400) counts.refused++;
  }
  return counts;
}
