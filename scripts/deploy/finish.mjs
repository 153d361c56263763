// From resources to an app that works: Graph's permissions, the package, health, doctor and a first plan.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keptPackage } from '../package/kept-package.mjs';
import { cliEnvironment } from './environment.mjs';
import { grantGraphPermissions } from './graph.mjs';
import { publish, waitForFirstRound, waitUntilHealthy } from './publish.mjs';

/** Ten minutes at the default pause: as long as a role assignment may take to be in force everywhere. */
const tries = 20;

/**
 * @param {string} root the project, built
 * @param {{ group: string, policy?: string, permissions: 'full' | 'license-only', mayGrant: boolean,
 *   outputs: Record<string, string>, pauseMs: number, say: (text: string) => void }} options
 * @returns {Promise<string[]>} Graph permissions that could not be granted
 * @throws {AzureRefused} Graph does not know the identity, the package was not taken, or the app is not well
 * @throws {PolicyRefused} before anything is published
 */
export async function bringApp(root, { group, policy, permissions, mayGrant, outputs, pauseMs, say }) {
  const { zip, bytes, mode, readsDirectGroups } = await keptPackage(root, {
    policy,
    out: join(root, '.build'),
  });
  say(`Package: ${(bytes / 1e6).toFixed(2)} MB, policy in mode ${mode}`);
  // Before the first start: a token that was issued earlier would lack them for up to a day.
  if (mayGrant) say('Permissions in Graph');
  const missing = mayGrant
    ? await grantGraphPermissions({
        principalId: outputs.identityPrincipalId,
        permissions,
        readsDirectGroups,
        ...{ pauseMs, say, sleep },
      })
    : [];
  say('Publishing');
  await publish({ group, app: outputs.functionAppName, zip, pauseMs, tries, say, sleep });
  say('Waiting until the app is well');
  await waitUntilHealthy({ url: outputs.functionAppUrl, pauseMs, tries, say, sleep });
  return missing;
}

/**
 * Runs `licenser doctor` and a first `licenser plan` over the tenant, as the person who is signed in.
 *
 * @param {string} root the project, built
 * @param {{ outputs: Record<string, string>, permissions: string, policy?: string, pauseMs: number,
 *   say: (text: string) => void }} options policy: the file that was packed; undefined: the starter policy
 * @returns {Promise<boolean>} whether both ended well
 */
export async function lookAtTenant(root, { outputs, permissions, policy, pauseMs, say }) {
  await waitForFirstRound({ url: outputs.functionAppUrl, pauseMs, tries, say, sleep });
  const env = {
    ...process.env,
    ...cliEnvironment(outputs),
    LICENSER_PERMISSIONS: permissions,
    // Doctor compares the policy in force with the file: the one that was packed, not a sample of the repository.
    LICENSER_POLICY_PATH: policy === undefined ? join(root, 'policy', 'starter.yaml') : resolve(policy),
  };
  const run = (...args) => {
    say(`licenser ${args.join(' ')}`);
    const entry = join(root, 'scripts', 'run-built.mjs');
    return (
      spawnSync(process.execPath, [entry, 'dist/cli/main.js', ...args], { cwd: root, env, stdio: 'inherit' })
        .status === 0
    );
  };
  const isWell = run('doctor', '--target', 'azure');
  return run('plan', '--target', 'azure', '--limit', '20') && isWell;
}
