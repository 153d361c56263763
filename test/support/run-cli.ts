import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { runProgram } from '../../cli/program';
import { projectRoot } from './local-cloud';

export type CliRun = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** Runs the CLI in this process: for tests of what a command does. It costs a tenth of a process. `now`: its time. */
export async function callCli(args: readonly string[], now?: number): Promise<CliRun> {
  let stdout = '';
  let stderr = '';
  const code = await runProgram(args, {
    print: (text) => (stdout += text),
    complain: (text) => (stderr += text),
    readText: (path) => readFile(path, 'utf8'),
    now: () => now ?? Date.now(),
  });
  return { code, stdout, stderr };
}

/** Runs the built CLI as a process of its own, its output into pipes: exit code and streams as a shell sees them. */
export function runCli(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(projectRoot, 'dist', 'cli', 'main.js'), ...args], {
      cwd: projectRoot,
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
