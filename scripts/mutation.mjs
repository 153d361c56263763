#!/usr/bin/env node
// npm run test:mutation: changes the product in small ways and shows which changes no unit or contract test notices.
// Nothing in the work tree is written but .build/mutation, where results are kept: a run that was stopped goes on.
// Exit code: 0 when the run came to its end, also with survivors; 1 when it could not judge; 2 for wrong usage.
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';
import { importsOfProject } from './check-rooms.mjs';
import { UsageError, readArguments, usage } from './mutation/arguments.js';
import { drawMutants } from './mutation/mutants/draw.js';
import { planted } from './mutation/mutants/planted.js';
import { knowEquivalents, readEquivalents } from './mutation/equivalents.js';
import { judgeMutant } from './mutation/judge-mutant.js';
import { keptResults } from './mutation/kept-results.js';
import { measureReach } from './mutation/measure-reach.js';
import { openProject } from './mutation/project.js';
import { countVerdicts, survivorLines, tableLines } from './mutation/report.js';
import { endAll, runJest } from './mutation/jest/run-jest.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Of a budget, what may go into finding out which tests reach what. */
const shareOfReach = 0.6;

const log = (line) => process.stderr.write(`${line}\n`);

/** Contract tests start what is built. */
function build() {
  const options = { stdio: ['ignore', 2, 2] };
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs'), '--if-stale'], options);
  if (status !== 0) throw new Error('The build failed: nothing can be judged');
}

/** A run of jest that never goes beyond the deadline: what is cut off there has no result, as if it was killed from outside. */
async function runUntil(deadline, one) {
  const leftMs = deadline - Date.now();
  const result = await runJest(root, { ...one, limitMs: Math.min(one.limitMs, leftMs) });
  return result.ended === 'limit' && leftMs < one.limitMs ? { ...result, ended: 'killed' } : result;
}

/** Tests of the mutants' files, nearest first. */
function relatedTests(project, mutants) {
  const nearest = new Map();
  for (const file of new Set(mutants.map((mutant) => mutant.file))) {
    for (const [test, distance] of project.distancesOf(file)) {
      nearest.set(test, Math.min(nearest.get(test) ?? Infinity, distance));
    }
  }
  return [...nearest.keys()].sort((a, b) => nearest.get(a) - nearest.get(b) || (a < b ? -1 : 1));
}

async function judgeAll(world, mutants, workers) {
  const judged = [];
  const waiting = [...mutants];
  const work = async () => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const result = await judgeMutant(world, mutant);
      judged.push({ mutant, ...result });
      if (result.verdict === 'survived') {
        const lines = survivorLines({ ...mutant, testsRun: result.ran, testsReaching: result.reaching });
        log(`[${judged.length}/${mutants.length}] ${lines.join('\n')}`);
      } else if (result.verdict === 'killed') {
        const how = result.by ?? result.how;
        log(
          `[${judged.length}/${mutants.length}] killed ${mutant.file}:${mutant.line} (${mutant.operator}) ${how}`,
        );
      }
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  const order = new Map(mutants.map((mutant, index) => [mutant, index]));
  return judged.sort((a, b) => order.get(a.mutant) - order.get(b.mutant));
}

async function run(args) {
  const began = Date.now();
  const {
    files,
    since,
    sample,
    seed,
    budgetMs = Infinity,
    mostMs,
    isPlanted,
    isJson,
    ...given
  } = readArguments(args);
  const workers = given.workers ?? Math.max(1, Math.floor(availableParallelism() / 2));
  const project = openProject(root, importsOfProject(root));
  const found = project.mutantsOf(files, since, isPlanted ? planted : undefined);
  if (found.files.size === 0 && since === undefined) {
    throw new UsageError(`No source of the product is in ${files.join(', ')}`);
  }
  const equivalents = knowEquivalents(readEquivalents());
  // Entries name mutants of either kind.
  const known = [...found.all, ...project.mutantsOf(files, since, isPlanted ? undefined : planted).all];
  for (const { file, was } of equivalents.stale(known, found.files)) {
    log(`scripts/mutation/equivalents.json: ${file} has no such mutant any more: ${was}`);
  }
  const groupOf = isPlanted ? ({ operator }) => operator : undefined;
  const drawn = drawMutants(found.mutants, { count: sample, seed, isFit: project.isFit, groupOf });
  log(`${drawn.length} of ${found.mutants.length} mutants in ${found.files.size} files, seed ${seed}`);
  const equivalent = drawn.filter((mutant) => equivalents.reasonOf(mutant) !== undefined);
  const open = drawn.filter((mutant) => equivalents.reasonOf(mutant) === undefined);

  const folder = join(root, '.build', 'mutation');
  const reach = keptResults(join(folder, 'reach.json'));
  const world = {
    runJest: (one) => runUntil(began + budgetMs, one),
    digestOf: project.closureDigestOf,
    distancesOf: project.distancesOf,
    fileDigestOf: project.fileDigestOf,
    mutate: project.mutate,
    reachOf: (test) => {
      const one = reach.get(test);
      return one?.digest === project.closureDigestOf(test) ? one : undefined;
    },
    kept: keptResults(join(folder, 'verdicts.json')),
    mostMs,
    log,
  };
  const within = (share) => () => Date.now() - began < budgetMs * share;
  const tests = relatedTests(project, open);
  if (tests.some((test) => test.includes('test/contract/'))) build();
  await measureReach({ ...world, kept: reach, workers, hasTime: within(shareOfReach) }, tests);
  const judged = await judgeAll({ ...world, hasTime: within(1) }, open, workers);
  const report = countVerdicts([
    ...equivalent.map((mutant) => ({ mutant, verdict: 'equivalent' })),
    ...judged,
  ]);

  log('');
  for (const line of report.survivors.flatMap(survivorLines)) log(line);
  const write = isJson ? log : (line) => process.stdout.write(`${line}\n`);
  for (const line of tableLines(report, isPlanted ? 'operators' : 'rooms')) write(line);
  const facts = { seed, mutants: drawn.length, seconds: Math.round((Date.now() - began) / 1000) };
  if (isJson) process.stdout.write(`${JSON.stringify({ ...report, ...facts }, null, 2)}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    endAll();
    process.exit(1);
  });
}
process.once('exit', endAll);
try {
  await run(process.argv.slice(2));
} catch (error) {
  log(error instanceof UsageError ? `${error.message}\n\n${usage}` : error.stack);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
