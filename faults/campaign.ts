import { problemKinds } from './judge/problem';
import type { ProblemKind } from './judge/problem';
import type { RunResult } from './run';
import { faultKinds } from './script/script';
import type { FaultKind } from './script/script';

/** What the campaign prints; `npm run -s faults -- --json`. */
export type CampaignResult = {
  readonly runs: number;
  /** How often each kind of fault struck. */
  readonly faults: Readonly<Record<FaultKind, number>>;
  /** Users who were judged, over all runs. */
  readonly users: number;
  /** License writes that took effect, over all runs. */
  readonly writes: number;
  readonly failedSeeds: readonly number[];
  readonly wallMs: number;
  readonly runsPerMinute: number;
} & Readonly<Record<ProblemKind, number>>;

/** Adds up the runs. @param wallMs what they took together, in real time */
export function sumUp(results: readonly RunResult[], wallMs: number): CampaignResult {
  const sum = (of: (result: RunResult) => number) => results.reduce((total, one) => total + of(one), 0);
  const faults = Object.fromEntries(
    faultKinds.map((kind) => [kind, sum((one) => one.faults[kind] ?? 0)]),
  ) as Record<FaultKind, number>;
  const counts = Object.fromEntries(
    problemKinds.map((kind) => [
      kind,
      sum(({ problems }) => problems.filter((one) => one.kind === kind).length),
    ]),
  ) as Record<ProblemKind, number>;
  return {
    runs: results.length,
    faults,
    users: sum(({ users }) => users),
    writes: sum(({ writes }) => writes),
    ...counts,
    failedSeeds: results
      .filter(({ problems }) => problems.length > 0)
      .map(({ seed }) => seed)
      .sort((a, b) => a - b),
    wallMs: Math.round(wallMs),
    runsPerMinute: Math.round((results.length * 60_000) / Math.max(1, wallMs)),
  };
}
