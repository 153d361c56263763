import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export type Answer = {
  /** Regular expression over the arguments. */
  readonly match: string;
  readonly stdout?: string;
  /** What it writes to stderr; it then ends with 1. */
  readonly fail?: string;
  /** Only the first so many calls get this answer. */
  readonly times?: number;
};

export type Call = {
  readonly name: string;
  readonly args: readonly string[];
  /** LICENSER_* and NOTIFICATION_KEY of the call's environment. */
  readonly env: Readonly<Record<string, string>>;
};

/** `az` and `azd` first on a PATH: they check their arguments against Microsoft's reference, and answer as told. */
export function makeStandIns(answers: readonly Answer[]) {
  const folder = mkdtempSync(join(tmpdir(), 'stand-ins-'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(folder, 'answers.json'), JSON.stringify(answers));
  const add = (name: string, script: string) => {
    writeFileSync(join(bin, name), `#!/usr/bin/env bash\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  const standIn = join(__dirname, 'stand-in.mjs');
  for (const name of ['az', 'azd']) add(name, `exec '${process.execPath}' '${standIn}' ${name} "$@"`);
  const env = {
    PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
    HOME: folder,
    STAND_IN_FOLDER: folder,
  };
  return {
    folder,
    add,
    /** Runs a program with the stand-ins; resolves when it has ended. */
    run: (
      command: string,
      args: readonly string[],
      options: { cwd?: string; env?: Record<string, string> } = {},
    ) =>
      new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
        const child = spawn(command, args, { cwd: options.cwd, env: { ...env, ...options.env } });
        const out = { stdout: '', stderr: '' };
        child.stdout.on('data', (data: Buffer) => (out.stdout += String(data)));
        child.stderr.on('data', (data: Buffer) => (out.stderr += String(data)));
        child.on('close', (status) => resolve({ status, ...out }));
      }),
    calls: (): readonly Call[] =>
      existsSync(join(folder, 'calls.ndjson'))
        ? readFileSync(join(folder, 'calls.ndjson'), 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as Call)
        : [],
    /** Calls that Microsoft's reference does not allow. */
    refused: () =>
      existsSync(join(folder, 'refused.txt')) ? readFileSync(join(folder, 'refused.txt'), 'utf8') : '',
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
