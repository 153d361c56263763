import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../local-cloud';

export type ProcessUse = { readonly peakMebibytes: number; readonly processorSeconds: number };

export type MeasuredRun = {
  /** null: it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** undefined: it was killed. */
  readonly use: ProcessUse | undefined;
};

/**
 * Runs the built CLI as a process of its own, as a person starts it, and measures it. `onStart` gets what ends it at
 * once, as `kill -9` does.
 */
export function runMeasured(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  onStart: (kill: () => void) => void = () => undefined,
): Promise<MeasuredRun> {
  const folder = mkdtempSync(join(tmpdir(), 'measured-'));
  const note = join(folder, 'use.json');
  return new Promise<MeasuredRun>((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--require', join(__dirname, 'note-use.cjs'), join(projectRoot, 'dist', 'cli', 'main.js'), ...args],
      {
        cwd: projectRoot,
        env: { PATH: process.env['PATH'] ?? '', ...env, NOTE_USE_IN: note },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => {
      const use = existsSync(note) ? (JSON.parse(readFileSync(note, 'utf8')) as ProcessUse) : undefined;
      resolve({ code, stdout, stderr, use });
    });
    onStart(() => child.kill('SIGKILL'));
  }).finally(() => rmSync(folder, { recursive: true }));
}
