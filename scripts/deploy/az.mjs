// Runs the Azure CLI. Arguments are passed as they are, never through a shell.
import { spawnSync } from 'node:child_process';
import { findAzure } from './find-azure.mjs';

/** What `az` refused; the message begins with what was tried. */
export class AzureRefused extends Error {
  name = 'AzureRefused';
}

/** Looked up once: a deployment makes some forty calls. */
let azure;
function azureCli() {
  azure ??= findAzure(process.env, process.platform);
  if (azure !== null) return azure;
  throw new AzureRefused(
    'The Azure CLI was not found. Install it with Microsoft’s installer, winget or the ZIP:\n' +
      'https://learn.microsoft.com/cli/azure/install-azure-cli-windows',
  );
}

/**
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv }} options env: added to the shell's
 * @returns {{ ok: boolean, stdout: string, stderr: string }} stderr: without `az`'s warnings
 * @throws {AzureRefused} `az` is not installed
 */
export function tryAz(args, { env = {} } = {}) {
  const { program, first } = azureCli();
  const done = spawnSync(program, [...first, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 64e6,
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
