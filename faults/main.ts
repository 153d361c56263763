import { ensureError } from '../shared/kernel/errors';
import { readArguments, usage } from './arguments';
import type { CampaignOptions } from './arguments';
import { sumUp } from './campaign';
import type { CampaignResult } from './campaign';
import { problemKinds } from './judge/problem';
import { runScript } from './run';
import type { RunResult } from './run';
import { runSeeds } from './run-seeds';
import { drawScript } from './script/draw-script';
import { policyTextOf } from './script/policy-text';
import { describeScript, shrink } from './shrink';

/** Failed runs that are shrunk, and runs that shrinking one of them may take. */
const mostShrunk = 3;
const mostTries = 150;

async function campaign({ runs, seed, isShrinking, json }: CampaignOptions): Promise<number> {
  const startedAt = performance.now();
  const seeds = Array.from({ length: runs }, (_, index) => seed + index);
  let done = 0;
  const results = await runSeeds(seeds, ({ seed: one, problems }) => {
    done++;
    if (problems.length > 0) process.stderr.write(`Seed ${String(one)} failed: ${describe(problems)}\n`);
    else if (done % 100 === 0) process.stderr.write(`${String(done)} of ${String(runs)} runs\n`);
  });
  const sum = sumUp(results, performance.now() - startedAt);
  const failed = results.filter(({ problems }) => problems.length > 0);
  for (const one of failed.slice(0, isShrinking ? mostShrunk : 0)) await tellShortest(one);
  process.stdout.write(json ? `${JSON.stringify(sum, null, 2)}\n` : render(sum));
  return sum.failedSeeds.length === 0 ? 0 : 1;
}

async function tellShortest({ seed, problems }: RunResult): Promise<void> {
  const shortest = await shrink(drawScript(seed), problems, { mostTries });
  const policies = shortest.script.policies.map(policyTextOf).join('---\n');
  process.stderr.write(
    `\nThe shortest script found for seed ${String(seed)} (${String(shortest.tries)} runs):\n` +
      `${describeScript(shortest.script)}\n${policies}${describe(shortest.problems)}\n`,
  );
}

async function story({ seed }: CampaignOptions): Promise<number> {
  const { story: lines, problems } = await runScript(drawScript(seed), { withStory: true });
  process.stdout.write(`${lines.join('\n')}\n${describe(problems)}\n`);
  return problems.length === 0 ? 0 : 1;
}

function describe(problems: RunResult['problems']): string {
  return problems.map(({ kind, text }) => `${kind}: ${text}`).join('\n');
}

function render(sum: CampaignResult): string {
  const struck = Object.entries(sum.faults).map(([kind, count]) => `  ${kind.padEnd(24)} ${String(count)}`);
  const found = problemKinds.map((kind) => `  ${kind.padEnd(24)} ${String(sum[kind])}`);
  return [
    `${String(sum.runs)} runs, ${String(sum.users)} users, ${String(sum.writes)} writes; ${String(sum.runsPerMinute)} runs a minute`,
    'Faults that struck:',
    ...struck,
    'Problems:',
    ...found,
    sum.failedSeeds.length === 0 ? 'Every run passed.' : `Failed: seed ${sum.failedSeeds.join(', ')}`,
    '',
  ].join('\n');
}

async function main(): Promise<void> {
  let options: CampaignOptions;
  try {
    options = readArguments(process.argv.slice(2));
  } catch (thrown) {
    process.stderr.write(`faults: ${ensureError(thrown).message}\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  if (options.help) process.stdout.write(usage);
  else process.exitCode = await (options.story ? story(options) : campaign(options));
}

void main();
