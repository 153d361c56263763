import { performance } from 'node:perf_hooks';
import type { PreviewTotals } from '../shared/licensing/preview/preview';
import { UserPreviewer } from '../shared/licensing/preview/preview-users';
import { makeAbsoluteTarget, makeTarget, roundFigure } from '../packages/emulator-kit/bench/bench-result';
import type { BenchResult } from '../packages/emulator-kit/bench/bench-result';
import { makeBenchCases, makeBenchCatalogue, makeBenchPolicy } from './samples/decide-samples';

const ruleCount = 50;
const few = 10_000;
const many = 100_000;
const huge = 1_000_000;

/**
 * The plan of a whole tenant without Graph's time: users against 50 rules, decided one after the other in one thread, with
 * ample seats and with seats for some; lines go to a sink, as they come. The cost per user must not grow with the tenant,
 * nor the memory beyond what a small machine has.
 */
export function benchDecide(): BenchResult {
  planTenant(few, many, 1);
  const small = best([2, 3, 4].map((seed) => planTenant(few, many, seed)));
  const scarce = planTenant(many, many / 100, 5);
  const large = best([6, 7].map((seed) => planTenant(many, many, seed)));
  const residentAtMany = residentMebibytes();
  const whole = planTenant(huge, huge, 8);
  const costs = {
    costPerUserAgainst10000: large.processorSeconds / many / (small.processorSeconds / few),
    millionCostPerUserAgainst100000: whole.processorSeconds / huge / (large.processorSeconds / many),
  };
  const figures = {
    users: many,
    rules: ruleCount,
    usersWithAChange: large.lines,
    waitingWithScarceSeats: scarce.totals.outcomes.waiting,
    secondsFor10000: roundFigure(small.seconds),
    secondsFor100000: roundFigure(large.seconds),
    secondsFor100000ScarceSeats: roundFigure(scarce.seconds),
    secondsFor1000000: roundFigure(whole.seconds),
    usersPerSecond: roundFigure(many / large.seconds),
    processorMicrosecondsPerUser: roundFigure((large.processorSeconds / many) * 1e6),
    costPerUserAgainst10000: roundFigure(costs.costPerUserAgainst10000),
    millionCostPerUserAgainst100000: roundFigure(costs.millionCostPerUserAgainst100000),
    maxResidentMebibytes: roundFigure(residentAtMany),
    millionMaxResidentMebibytes: roundFigure(residentMebibytes()),
  };
  return {
    figures,
    targets: [
      makeAbsoluteTarget('secondsFor100000', '<=', 5, figures.secondsFor100000),
      makeTarget('costPerUserAgainst10000', '<=', 1.2, figures.costPerUserAgainst10000),
      makeTarget('millionCostPerUserAgainst100000', '<=', 1.2, figures.millionCostPerUserAgainst100000),
      makeTarget('maxResidentMebibytes', '<=', 512, figures.maxResidentMebibytes),
      makeTarget('millionMaxResidentMebibytes', '<=', 1024, figures.millionMaxResidentMebibytes),
    ],
  };
}

type Planned = {
  readonly totals: PreviewTotals;
  readonly lines: number;
  readonly seconds: number;
  /** Of all threads: what else runs on the machine does not count. */
  readonly processorSeconds: number;
};

/** Only the planning is timed, not the making of the tenant. */
function planTenant(users: number, seats: number, seed: number): Planned {
  const catalogue = makeBenchCatalogue(seats);
  const policy = makeBenchPolicy(ruleCount);
  let lines = 0;
  const planner = new UserPreviewer(policy, catalogue, { line: () => void (lines += 1) });
  let seconds = 0;
  let processorSeconds = 0;
  const timed = <Answer>(work: () => Answer): Answer => {
    const startedAt = performance.now();
    const before = process.cpuUsage();
    const answer = work();
    const { user, system } = process.cpuUsage(before);
    seconds += (performance.now() - startedAt) / 1_000;
    processorSeconds += (user + system) / 1e6;
    return answer;
  };
  for (const page of makeBenchCases(policy, catalogue, users, seed)) {
    timed(() => {
      for (const planned of page) planner.add(planned);
    });
  }
  const totals = timed(() => planner.finish());
  if (totals.users !== users || lines < users / 10) throw new Error('the plan lost users');
  return { totals, lines, seconds, processorSeconds };
}

function best(runs: readonly Planned[]): Planned {
  return runs.reduce((one, other) => (other.processorSeconds < one.processorSeconds ? other : one));
}

/** The most that this process ever had in memory. */
function residentMebibytes(): number {
  return process.resourceUsage().maxRSS / 1024;
}
