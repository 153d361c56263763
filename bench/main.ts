import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { judgedTargets, roundFigure } from '../packages/emulator-kit/bench/bench-result';
import type { BenchResult, Target } from '../packages/emulator-kit/bench/bench-result';
import { projectRoot } from '../local/project-root';
import { measureBusyBeside } from './measuring/processor-time';

/** Up to this share of all processors, other programs do not count. */
const quietShare = 0.1;

/**
 * Runs one benchmark: `npm run -s bench -- NAME --json`. NAME is a file of this folder, or of the bench folder
 * of a package, that exports `benchName(): BenchResult` or a promise of it. `--small` is for those that also export `hasSmallSize`: a run that
 * shows that the benchmark works; its figures mean little. Exit code 0: every target met; 1: one was missed; 2: wrong
 * usage. A run beside which the machine was busy says so, `counts` is false, and absolute targets are not judged.
 */
async function main(args: readonly string[]): Promise<number> {
  const names = args.filter((arg) => !arg.startsWith('-'));
  const [name] = names;
  const unknown = args.find((arg) => arg.startsWith('-') && arg !== '--json' && arg !== '--small');
  if (name === undefined || names.length > 1 || unknown !== undefined || !/^[a-z][a-z-]*$/.test(name)) {
    process.stderr.write('usage: npm run -s bench -- NAME [--json] [--small]\n');
    return 2;
  }
  const bench = findBench(name);
  if (bench === undefined) {
    process.stderr.write(`There is no benchmark ${name}.\n`);
    return 2;
  }
  const isSmall = args.includes('--small');
  if (isSmall && !bench.hasSmallSize) {
    process.stderr.write(`The benchmark ${name} has no small size.\n`);
    return 2;
  }
  const besideSoFar = measureBusyBeside();
  const { figures, targets } = await bench.run({ isSmall });
  const busyBesideShare = roundFigure(besideSoFar());
  const counts = !(busyBesideShare > quietShare);
  const result = { name, figures, targets, counts, machine: { ...describeMachine(), busyBesideShare } };
  const judged = judgedTargets(targets, counts);
  process.stdout.write(
    args.includes('--json') ? `${JSON.stringify(result, null, 2)}\n` : render(result, judged),
  );
  if (!counts) {
    const share = Math.round(busyBesideShare * 100);
    process.stderr.write(
      `Other programs used ${share} % of this machine's processors meanwhile: this run counts for nothing. Run it alone.\n`,
    );
  }
  return judged.every((target) => target.met) ? 0 : 1;
}

type Bench = {
  readonly run: (options: { readonly isSmall: boolean }) => BenchResult | Promise<BenchResult>;
  readonly hasSmallSize: boolean;
};

/** The folders of built benchmarks: the product's own, then those of the emulators' packages. */
function benchFolders(): readonly string[] {
  const packages = join(projectRoot(), 'packages');
  return [__dirname, ...readdirSync(packages).map((name) => join(packages, name, 'dist', name, 'bench'))];
}

function findBench(name: string): Bench | undefined {
  const file = benchFolders()
    .map((folder) => join(folder, `${name}.js`))
    .find((path) => existsSync(path));
  if (file === undefined) return undefined;
  const module = createRequire(__filename)(file) as Readonly<Record<string, unknown>>;
  const words = name.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const found = module[`bench${words.join('')}`];
  if (typeof found !== 'function') return undefined;
  return { run: found as Bench['run'], hasSmallSize: module['hasSmallSize'] === true };
}

function describeMachine() {
  const processors = cpus();
  return {
    platform: `${platform()} ${arch()}`,
    node: process.version,
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
  };
}

function render(
  { name, figures, targets }: BenchResult & { readonly name: string },
  judged: readonly Target[],
): string {
  const lines = Object.entries(figures).map(([key, figure]) => `  ${key}: ${String(figure)}`);
  const verdicts = targets.map((target) => {
    const { key, op, value, actual, met } = target;
    const verdict = !judged.includes(target) ? 'not judged' : met ? 'met   ' : 'MISSED';
    return `  ${verdict} ${key} ${op} ${String(value)} (${String(actual)})`;
  });
  return `${[name, ...lines, ...verdicts].join('\n')}\n`;
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
