#!/usr/bin/env node
// npm run dev: the embedded cloud, following changes, without a first sync. A change of a source file is built, and
// the functions host restarts with it; queues, users and tables stay as they are.
//   dev.mjs [--inspect[=PORT]] [--quota-factor F] [--policy FILE]
// --inspect opens the debugger of the functions host on 127.0.0.1 (default port 9229; 0 takes a free one): attach an
// editor or `node inspect 127.0.0.1:9229`. A break point in a TypeScript file of shared/ or functions/ is hit.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFileSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const load = createRequire(import.meta.url);
/** What the build compiles and the app reads beside it. */
const watched = ['functions', 'shared', 'local', 'packages', 'dashboard'];
/** An editor writes a file in several steps. */
const settleMs = 200;

const say = (text) => process.stderr.write(`${text}\n`);

/** `--inspect` with or without a port: parseArgs knows only options that always or never have a value. */
function readOptions(args) {
  const { values } = parseArgs({
    args: args.map((arg) => (arg === '--inspect' ? '--inspect=9229' : arg)),
    options: {
      inspect: { type: 'string' },
      'quota-factor': { type: 'string', default: '10' },
      policy: { type: 'string', default: join(root, 'policy', 'sample-tenant.yaml') },
    },
  });
  const quotaFactor = Number(values['quota-factor']);
  if (!(quotaFactor >= 0.01)) throw new Error('--quota-factor takes a number of at least 0.01');
  if (values.inspect !== undefined && !/^\d{1,5}$/.test(values.inspect))
    throw new Error('--inspect takes a port');
  return { inspect: values.inspect, policy: values.policy, quotaFactor };
}

/** Resolves with whether the sources compile; says how they do not. */
function build() {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'scripts', 'build.mjs'), '--if-stale'], {
      stdio: ['ignore', 2, 2],
    });
    child.on('close', (code) => resolve(code === 0));
  });
}

const stampOfBuild = () => readFileSync(join(root, 'dist', '.build-stamp'), 'utf8');

/** Calls `onChange` some time after a source file changed, and again when more changed while it ran. */
function watchSources(onChange) {
  let timer;
  let running = Promise.resolve();
  const later = (_event, name) => {
    if (name !== null && /(^|[\\/])(dist|node_modules|test)[\\/]/.test(name)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(onChange);
    }, settleMs);
  };
  const watchers = watched.map((folder) => watch(join(root, folder), { recursive: true }, later));
  return async () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
    // A restart that overtook the end of the cloud would leave a host behind.
    await running;
  };
}

async function run({ inspect, policy, quotaFactor }) {
  const { startCloud } = load(join(root, 'dist', 'local', 'cloud.js'));
  const { sampleSettings } = load(join(root, 'dist', 'demo', 'sample-settings.js'));
  const { makeStderrLogger } = load(join(root, 'dist', 'demo', 'stderr-logger.js'));
  const debugging = inspect === undefined ? [] : [`--inspect=127.0.0.1:${inspect}`];
  const cloud = await startCloud({
    root,
    log: makeStderrLogger(),
    quotaFactor,
    writeFile: true,
    settings: {
      ...sampleSettings(policy, quotaFactor),
      // Read by node itself; stack traces and break points show the TypeScript files.
      NODE_OPTIONS: ['--enable-source-maps', ...debugging].join(' '),
    },
    onLine: (name, line) => (name === 'functions' ? say(line) : undefined),
    onProcessExit: ({ name, code, signal }) =>
      say(
        `dev: ${name} ended (${signal ?? `exit code ${code}`}); the next change of a source file starts it again`,
      ),
  });
  let built = stampOfBuild();
  const stopWatching = watchSources(async () => {
    if (!(await build())) return say('dev: the last build keeps running');
    if (stampOfBuild() === built) return;
    built = stampOfBuild();
    try {
      await cloud.processes.functions.restart();
      say('dev: the functions host runs the new build');
    } catch (error) {
      say(`dev: ${error.message}`);
    }
  });
  const { functions, graph } = cloud.file;
  say(
    `dev: functions ${functions.origin}, Graph ${graph.origin}; \`npm run licenser -- …\` finds them. Ctrl-C stops.`,
  );
  await new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await stopWatching();
  await cloud.stop();
}

let options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  say(`dev: ${error.message}\n\nnpm run dev -- [--inspect[=PORT]] [--quota-factor F] [--policy FILE]`);
  process.exitCode = 2;
}
if (options !== undefined) {
  if (await build()) await run(options);
  else process.exitCode = 1;
}
