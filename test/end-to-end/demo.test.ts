import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { projectRoot } from '../support/local-cloud';
import { waitUntil } from '../support/wait-until';

type Run = {
  /** Every process that was seen to belong to it. */
  readonly noted: Set<string>;
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly errors: () => string;
  readonly code: Promise<number | null>;
};

const runs: Run[] = [];

/** As npm runs it. */
const run = (entry: string, ...args: string[]) =>
  start(join('scripts', 'run-built.mjs'), join('dist', entry), ...args);
/** Without the look at the build, which is a process more. */
const runAlone = (entry: string, ...args: string[]) => start(join('dist', entry), ...args);

function start(...args: string[]): Run {
  const child = spawn(process.execPath, args, {
    cwd: projectRoot,
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const code = new Promise<number | null>((resolve) => child.on('close', resolve));
  const started: Run = { noted: new Set(), child, out: () => out, errors: () => errors, code };
  runs.push(started);
  return started;
}

type Process = { readonly pid: number; readonly parent: number; readonly startedAt: string };

/** Every process that is no zombie (Linux, proc(5)): after the name in parentheses come state, parent, … */
function listProcesses(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return fields[0] === 'Z'
          ? []
          : [{ pid: Number(pid), parent: Number(fields[1]), startedAt: String(fields[19]) }];
      } catch {
        return [];
      }
    });
}

/** Adds the processes that a run consists of now, its children's children included. */
function noteProcesses({ child, noted }: Run): void {
  const all = listProcesses();
  const found = all.filter(({ pid }) => pid === child.pid);
  for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
  for (const { pid, startedAt } of found) noted.add(`${String(pid)} since ${startedAt}`);
}

/** Those of the run's processes that are still there. */
function leftOf({ noted }: Run): string[] {
  return listProcesses()
    .map(({ pid, startedAt }) => `${String(pid)} since ${startedAt}`)
    .filter((one) => noted.has(one));
}

afterAll(async () => {
  for (const { child, code } of runs) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await code;
  }
});

describe('npm run demo', () => {
  it('gives every user an outcome, says in 80 columns why some wait or are blocked, and leaves no process behind', async () => {
    // With --json it is run by .ci/run.
    const demo = run('demo/main.js', '--users', '50', '--quota-factor', '10');
    const looking = setInterval(() => noteProcesses(demo), 500);
    const code = await demo.code.finally(() => clearInterval(looking));

    expect({ code, errors: code === 0 ? '' : demo.errors() }).toEqual({ code: 0, errors: '' });
    const said = demo.out();
    const counts = [...said.matchAll(/^ {2} *(\d+) {2}(hold|were|wait|need|held|given|are|have) /gm)];
    const count = (word: string) => Number(counts.find(([, , first]) => first === word)?.[1] ?? 0);
    expect(said).toMatch(/^50 users in /m);
    expect(counts.reduce((sum, [, number]) => sum + Number(number), 0)).toBe(50);
    expect(counts.filter(([, number, first]) => first === 'have' && number === '0')).toHaveLength(1);
    expect(count('wait')).toBeGreaterThanOrEqual(1);
    expect(count('need')).toBeGreaterThanOrEqual(1);
    expect(said).toMatch(/^Service Bus .* 0 dead-lettered$/m);
    const why = said.slice(said.indexOf('\nWhy\n'));
    expect(why).toMatch(/^ +\d+ {2}waiting: No seat of \w+ is free\./m);
    expect(why).toMatch(/^ +\d+ {2}blocked: The user has no usage location/m);
    expect(said.split('\n').filter((line) => line.length > 80)).toEqual([]);
    // A pipe gets no escape sequences.
    expect(said + demo.errors()).not.toContain('\u001b');
    expect(demo.noted.size).toBeGreaterThanOrEqual(5);
    expect(leftOf(demo)).toEqual([]);
  });
});

describe('wrong usage ends with 2', () => {
  it.each([
    ['demo/main.js', ['--users', 'many'], '--users takes a number'],
    ['demo/main.js', ['--quota-factor', '0'], '--quota-factor takes a number'],
    ['demo/main.js', ['--colour'], '--colour'],
    ['demo/start.js', ['--users', '-1'], '--users'],
    ['demo/start.js', ['--users', 'x'], '--users takes a whole number'],
    ['demo/start.js', ['--quick'], '--quick'],
  ])('%s %j', async (entry, args, message) => {
    const { code, errors, out } = runAlone(entry, ...args);

    expect(await code).toBe(2);
    expect(errors()).toContain(message);
    expect(errors()).toContain('npm');
    expect(out()).toBe('');
  });
});

describe('ports that are busy', () => {
  const defaults = [7071, 7072, 5672, 5300, 10002];
  const blockers: Server[] = [];
  /** Default ports that this test holds; another program of this machine may keep one for good. */
  const held: number[] = [];
  let busy: number;

  const listen = (port: number) =>
    new Promise<Server | undefined>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(undefined));
      server.listen(port, '127.0.0.1', () => resolve(server));
    });

  beforeAll(async () => {
    const server = await listen(0);
    if (server === undefined) throw new Error('No free port');
    blockers.push(server);
    busy = (server.address() as AddressInfo).port;
    // Another test file may have the default ports, and would let go of them in the middle of this one.
    await Promise.all(
      defaults.map(async (port) => {
        const taken = waitUntil(`port ${String(port)} is free`, () => listen(port), 60_000);
        const server = await taken.catch(() => undefined);
        if (server === undefined) return;
        blockers.push(server);
        held.push(port);
      }),
    );
  });
  afterAll(async () => {
    await Promise.all(blockers.map((server) => new Promise((resolve) => server.close(resolve))));
  });

  it.each([
    ['../packages/graph-emulator/dist/graph-emulator/src/main.js', '--port'],
    ['../packages/service-bus-emulator/dist/service-bus-emulator/src/main.js', '--port'],
    ['../packages/service-bus-emulator/dist/service-bus-emulator/src/main.js', '--management-port'],
  ])('%s refuses a busy %s that was asked for', async (entry, option) => {
    const queue = entry.includes('service-bus') ? ['--queue', 'any'] : [];
    const { code, errors } = runAlone(entry, option, String(busy), ...queue);

    expect(await code).toBe(2);
    expect(errors()).toContain(`Port ${String(busy)} (${option}) is in use`);
    expect(errors()).toContain('Stop what listens there');
  });

  it('npm start takes free ones, prints them, and ends on Ctrl-C', async () => {
    const start = run('demo/start.js', '--users', '0');
    await waitUntil('start is up', async () => start.out().includes('Stop everything with Ctrl-C.'));

    const said = start.out();
    expect(held.length).toBeGreaterThan(0);
    for (const port of held) expect(start.errors()).toContain(`busy ${String(port)}`);
    const origin = /^Functions +(\S+)/m.exec(said)?.[1] ?? '';
    expect(defaults.map(String)).not.toContain(new URL(origin).port);
    expect(((await (await fetch(`${origin}/api/health`)).json()) as { ok: boolean }).ok).toBe(true);
    noteProcesses(start);
    expect(start.noted.size).toBeGreaterThanOrEqual(5);
    start.child.kill('SIGINT');
    const code = await start.code;

    expect(code).toBe(0);
    expect(leftOf(start)).toEqual([]);
  });
});
