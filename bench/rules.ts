import { performance } from 'node:perf_hooks';
import type { RuleUser } from '../shared/policy/condition';
import { readMembershipRule } from '../shared/policy/rule/membership-rule';
import { makeRuleMatcher } from '../shared/policy/rule/evaluate/rule-matcher';
import { makeTarget, roundFigure } from '../packages/emulator-kit/bench/bench-result';
import type { BenchResult } from '../packages/emulator-kit/bench/bench-result';
import { makeCel, makeJsonLogic, makeJsonRulesEngine, makeOurs } from './samples/rule-engines';
import type { BenchUser, EngineRun } from './samples/rule-engines';
import { makeBenchUsers, makePolicyRules, makeSharedRules } from './samples/rule-samples';

const sharedRules = 28;
const rounds = 5;

/** Rules against other engines on what all of them can express, and a whole policy over 100,000 users. */
export async function benchRules(): Promise<BenchResult> {
  const engines = await compareEngines();
  const policy = measurePolicy();
  const figures = { sharedRules, ...engines, ...policy };
  return {
    figures,
    targets: [
      makeTarget('timesJsonRulesEngine', '>=', 10, figures.timesJsonRulesEngine),
      makeTarget('timesJsonLogic', '>=', 1, figures.timesJsonLogic),
      makeTarget('timesCel', '>=', 1, figures.timesCel),
      // Eight times the rules, all on one attribute: sub-linear is less than eight times the cost.
      makeTarget('costOf400RulesBy50', '<=', 4, figures.costOf400RulesBy50),
    ],
  };
}

/** Evaluations (a rule over a user) per second, the best of several interleaved rounds. */
async function compareEngines() {
  const rules = makeSharedRules(sharedRules, 3);
  const users = makeBenchUsers(1000, 4);
  const engines: Readonly<Record<string, { run: EngineRun; users: readonly BenchUser[] }>> = {
    ours: { run: makeOurs(rules), users },
    jsonRulesEngine: { run: makeJsonRulesEngine(rules), users: users.slice(0, 100) },
    jsonLogic: { run: makeJsonLogic(rules), users },
    cel: { run: makeCel(rules), users },
  };
  const expected = await makeOurs(rules)(users.slice(0, 100));
  for (const [name, { run }] of Object.entries(engines)) {
    const matched = await run(users.slice(0, 100));
    if (matched !== expected)
      throw new Error(`${name} matches ${String(matched)} pairs, not ${String(expected)}`);
  }
  const best: Record<string, number> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, engine] of Object.entries(engines)) {
      best[name] = Math.max(best[name] ?? 0, await evaluationsPerSecond(engine.run, engine.users));
    }
  }
  const { ours = 0, jsonRulesEngine = 1, jsonLogic = 1, cel = 1 } = best;
  return {
    oursPerSecond: roundFigure(ours),
    jsonRulesEnginePerSecond: roundFigure(jsonRulesEngine),
    jsonLogicPerSecond: roundFigure(jsonLogic),
    celPerSecond: roundFigure(cel),
    timesJsonRulesEngine: roundFigure(ours / jsonRulesEngine),
    timesJsonLogic: roundFigure(ours / jsonLogic),
    timesCel: roundFigure(ours / cel),
  };
}

async function evaluationsPerSecond(run: EngineRun, users: readonly BenchUser[]): Promise<number> {
  const started = performance.now();
  let passes = 0;
  let elapsed: number;
  do {
    await run(users);
    passes++;
    elapsed = performance.now() - started;
  } while (elapsed < 200);
  return (passes * users.length * sharedRules) / (elapsed / 1000);
}

function measurePolicy() {
  const users = makeBenchUsers(100_000, 5);
  const cost = new Map<number, number>();
  for (let round = 0; round < rounds; round++) {
    for (const count of [50, 400]) {
      cost.set(count, Math.min(cost.get(count) ?? Infinity, secondsFor(count, users)));
    }
  }
  const of50 = cost.get(50) ?? Infinity;
  const of400 = cost.get(400) ?? Infinity;
  return {
    policyUsers: users.length,
    usersPerSecondAt50Rules: roundFigure(users.length / of50),
    usersPerSecondAt400Rules: roundFigure(users.length / of400),
    costOf400RulesBy50: roundFigure(of400 / of50),
  };
}

function secondsFor(ruleCount: number, users: readonly RuleUser[]): number {
  const rules = makePolicyRules(ruleCount).map((source, key) => {
    const reading = readMembershipRule(source);
    if (!reading.valid) throw reading.error;
    return { key, condition: reading.rule };
  });
  const match = makeRuleMatcher(rules);
  const context = { now: 0, absent: 'undecided' } as const;
  const started = performance.now();
  let matched = 0;
  for (const user of users) matched += match(user, context).matched.length;
  if (matched === 0) throw new Error('no rule matched anybody');
  return (performance.now() - started) / 1000;
}
