import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '../support/local-cloud';
import { waitUntil } from '../support/wait-until';

type Child = { readonly child: ChildProcess; readonly out: () => string; readonly ended: Promise<unknown> };

function start(args: readonly string[], stdin: 'ignore' | 'pipe'): Child {
  const child = spawn(process.execPath, args, { cwd: projectRoot, stdio: [stdin, 'pipe', 'pipe'] });
  let out = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (out += text));
  return { child, out: () => out, ended: new Promise((resolve) => child.once('close', resolve)) };
}

/** The line of the built file, from 1, that has this text. */
function lineOf(file: string, text: string): number {
  const index = readFileSync(join(projectRoot, file), 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text));
  if (index === -1) throw new Error(`${file} has no ${text}`);
  return index + 1;
}

describe('npm run dev -- --inspect', () => {
  let dev: Child;
  let debuggerClient: Child | undefined;
  beforeAll(async () => {
    dev = start([join('scripts', 'dev.mjs'), '--inspect=0'], 'ignore');
    await waitUntil('the functions host is up', async () => dev.out().includes('dev: functions http'));
  });
  afterAll(async () => {
    debuggerClient?.child.kill('SIGKILL');
    dev.child.kill('SIGTERM');
    await dev.ended;
  });

  it('stops at a break point in a handler', async () => {
    const port = /Debugger listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(dev.out())?.[1] ?? '';
    const origin = /dev: functions (http:\S+),/.exec(dev.out())?.[1] ?? '';
    const handler = join('dist', 'shared', 'triggers', 'health-trigger.js');
    const line = lineOf(handler, 'return { status:');
    const client = start(['inspect', `127.0.0.1:${port}`], 'pipe');
    debuggerClient = client;
    await waitUntil('the debugger is connected', async () => client.out().includes('debug>'));

    client.child.stdin?.write(`setBreakpoint('health-trigger.js', ${line})\n`);
    await waitUntil('the break point is set', async () =>
      /debug>[^]*health-trigger\.js|> *\d+/.test(client.out()),
    );
    const answer = fetch(`${origin}/api/health`);
    await waitUntil('it is hit', async () => client.out().includes('break in'));

    expect(client.out()).toMatch(new RegExp(`break in .*health-trigger\\.js:${line}`));
    client.child.stdin?.write('cont\n');
    expect([200, 503]).toContain((await answer).status);
  });
});
