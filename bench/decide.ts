import { performance } from 'node:perf_hooks';
import type { Preview } from '../shared/licensing/preview/preview';
import { UserPreviewer } from '../shared/licensing/preview/preview-users';
import { makeTarget, roundFigure } from '../packages/emulator-kit/bench/bench-result';
import type { BenchResult } from '../packages/emulator-kit/bench/bench-result';
import { makeBenchCases, makeBenchCatalogue, makeBenchPolicy } from './samples/decide-samples';

const ruleCount = 50;
const few = 10_000;
const many = 100_000;
const mib = 2 ** 20;

/**
 * The plan of a whole tenant without Graph's time: 100,000 users and 50 rules, decided one by one on one core, with
 * ample seats and with seats for some. The cost per user must not grow with the tenant.
 */
export function benchDecide(): BenchResult {
  planTenant(few, many, 1);
  const small = Math.min(...[2, 3, 4].map((seed) => planTenant(few, many, seed).seconds));
  const scarce = planTenant(many, many / 100, 5);
  const large = [6, 7].map((seed) => planTenant(many, many, seed));
  const best = Math.min(...large.map(({ seconds }) => seconds));
  const costRatio = best / many / (small / few);
  const maxResidentMebibytes = process.resourceUsage().maxRSS / 1024;
  const plan = large[0]?.plan;
  const figures = {
    users: many,
    rules: ruleCount,
    usersWithAChange: plan?.lines.length ?? 0,
    waitingWithScarceSeats: scarce.plan.outcomes.waiting,
    secondsFor10000: roundFigure(small),
    secondsFor100000: roundFigure(best),
    secondsFor100000ScarceSeats: roundFigure(scarce.seconds),
    usersPerSecond: roundFigure(many / best),
    microsecondsPerUser: roundFigure((best / many) * 1e6),
    costPerUserAgainst10000: roundFigure(costRatio),
    maxResidentMebibytes: roundFigure(maxResidentMebibytes),
    heapMebibytes: roundFigure(process.memoryUsage().heapUsed / mib),
  };
  return {
    figures,
    targets: [
      makeTarget('secondsFor100000', '<=', 10, figures.secondsFor100000),
      makeTarget('costPerUserAgainst10000', '<=', 1.2, figures.costPerUserAgainst10000),
      makeTarget('maxResidentMebibytes', '<=', 1024, figures.maxResidentMebibytes),
    ],
  };
}

/** Only the planning is timed, not the making of the tenant. */
function planTenant(users: number, seats: number, seed: number): { plan: Preview; seconds: number } {
  const catalogue = makeBenchCatalogue(seats);
  const policy = makeBenchPolicy(ruleCount);
  const planner = new UserPreviewer(policy, catalogue);
  let elapsed = 0;
  for (const page of makeBenchCases(policy, catalogue, users, seed)) {
    const started = performance.now();
    for (const planned of page) planner.add(planned);
    elapsed += performance.now() - started;
  }
  const started = performance.now();
  const { preview: plan } = planner.finish();
  elapsed += performance.now() - started;
  if (plan.users !== users || plan.lines.length < users / 10) throw new Error('the plan lost users');
  return { plan, seconds: elapsed / 1000 };
}
