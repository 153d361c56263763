import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { answerCall, refusalOf } from './answer-call';
import type { Answer, Call } from './answer-call';

/**
 * A program that asks the test what to print: name, number of arguments, arguments and settings, each with a zero byte
 * at its end, and one more; the answer is status, stdout and stderr in the same way. A process of Node.js for each of
 * the twenty calls of a deployment would take ten times as long.
 */
const askTheTest = (name: string, port: number) => `
exec 3<>/dev/tcp/127.0.0.1/${port} || exit 3
{
  printf '%s\\0' ${name} "$#" "$@"
  for setting in "\${!LICENSER_@}" "\${!NOTIFICATION_KEY@}"; do printf '%s\\0' "$setting=\${!setting}"; done
  printf '\\0'
} >&3
IFS= read -r -d '' status <&3
IFS= read -r -d '' out <&3
IFS= read -r -d '' err <&3
printf '%s' "$out"
printf '%s' "$err" >&2
exit "$status"`;

function parseCall(text: string): Call {
  const [name = '', count = '0', ...rest] = text.split('\0');
  const args = rest.slice(0, Number(count));
  const settings = rest.slice(Number(count)).filter((setting) => setting !== '');
  const env = settings.map((setting) => {
    const at = setting.indexOf('=');
    return [setting.slice(0, at), setting.slice(at + 1)] as const;
  });
  return { name, args, env: Object.fromEntries(env) };
}

/** `az`, `azd` and `gh` first on a PATH: they check their arguments against Microsoft's reference, and answer as told. */
export async function makeStandIns(answers: readonly Answer[]) {
  const calls: Call[] = [];
  const refused: string[] = [];

  function answer(call: Call) {
    const refusal = refusalOf(call);
    if (refusal !== null) {
      refused.push(`${call.name} ${call.args.join(' ')}: ${refusal}\n`);
      return { status: 2, stdout: '', stderr: `${refusal}\n` };
    }
    const made = answerCall(call, calls, answers);
    calls.push(call);
    return made;
  }

  function serve(socket: Socket) {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (data: string) => {
      text += data;
      if (!isWhole(text)) return;
      const { status, stdout, stderr } = answer(parseCall(text));
      socket.end(`${status}\0${stdout}\0${stderr}\0`);
    });
    // A program that was ended while it asked.
    socket.on('error', () => socket.destroy());
  }

  const server = createServer(serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const folder = mkdtempSync(join(tmpdir(), 'stand-ins-'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const add = (name: string, script: string) => {
    writeFileSync(join(bin, name), `#!/usr/bin/env bash\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  for (const name of ['az', 'azd', 'gh']) add(name, askTheTest(name, port));
  // The scripts install packages where they are not those of the lock file: a test would take away those that it runs with.
  add(
    'npm',
    'echo "The installed packages are not those of package-lock.json: run npm ci before the tests." >&2; exit 1',
  );
  const env = { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`, HOME: folder };
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
    calls: (): readonly Call[] => calls,
    /** Calls that Microsoft's reference does not allow. */
    refused: () => refused.join(''),
    remove: () => {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type StandIns = Awaited<ReturnType<typeof makeStandIns>>;

/** Name, number and all arguments have come, and the empty field after the settings. */
function isWhole(text: string): boolean {
  const fields = text.split('\0');
  const first = 2 + Number(fields[1] ?? NaN);
  // The last one is what follows the last zero byte.
  return fields.slice(first, -1).includes('');
}
