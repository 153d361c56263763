// Runs the Azure CLI. Arguments are passed as they are, never through a shell.
import { spawnSync } from 'node:child_process';

/** What `az` refused; the message begins with what was tried. */
export class AzureRefused extends Error {
  name = 'AzureRefused';
}

// On Windows `az` is a command file, which only cmd.exe can start.
const program = process.platform === 'win32' ? 'az.cmd' : 'az';

/**
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, input?: string }} options env: added to the shell's
 * @returns {{ ok: boolean, stdout: string, stderr: string }} stderr: without `az`'s warnings
 * @throws {AzureRefused} `az` is not installed
 */
export function tryAz(args, { env = {} } = {}) {
  const done = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 64e6,
    shell: process.platform === 'win32',
  });
  if (done.error) {
    throw new AzureRefused(
      'The Azure CLI is not installed: https://learn.microsoft.com/cli/azure/install-azure-cli',
    );
  }
  const stderr = done.stderr
    .split('\n')
    .filter((line) => !/^(WARNING|Warning)/.test(line))
    .join('\n')
    .trim();
  return { ok: done.status === 0, stdout: done.stdout.trim(), stderr };
}

/**
 * @returns {string} what it printed
 * @throws {AzureRefused}
 */
export function az(args, options) {
  const { ok, stdout, stderr } = tryAz(args, options);
  if (!ok) throw new AzureRefused(`az ${nameOf(args)}: ${stderr || 'failed without a message'}`);
  return stdout;
}

/** @returns {unknown} the JSON it printed; null when it printed nothing */
export function azJson(args, options) {
  const text = az([...args, '--output', 'json'], options);
  return text === '' ? null : JSON.parse(text);
}

/** The command without its options: those may hold what belongs into no message. */
const nameOf = (args) => args.slice(0, args.findIndex((arg) => arg.startsWith('-')) >>> 0).join(' ');
