// From resources to an app with all that was chosen; the same for scripts/deploy.sh and for azd.
import { bringApp, lookAtTenant } from './finish.mjs';
import { ensureOperationsApp } from './operations-app.mjs';
import { firstDeployment } from './merge-choices.mjs';
import { makeNotificationKey, makeResources } from './resources.mjs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @param {string} root the project, built
 * @param {{ group: string, deployment: string, leavesLock?: boolean, policy?: string, chosen: Record<string, unknown>, outputs: Record<string, string>,
 *   needsKey: boolean, wantsOperationsApi: boolean, mustDeployAgain: boolean, mayGrant: boolean, mayLook: boolean,
 *   pauseMs: number, say: (text: string) => void }} options outputs: of the resources that are there. needsKey: Graph is
 *   to call the app, and the vault has no key yet. mustDeployAgain: the resources were made by another tool, whose
 *   deployment a later one would not find
 * @returns {Promise<{ exitCode: number, chosen: Record<string, unknown> }>} chosen: with the operations API's client id
 * @throws {AzureRefused} {PolicyRefused}
 */
export async function completeApp(root, options) {
  const {
    group,
    deployment,
    leavesLock,
    policy,
    needsKey,
    wantsOperationsApi,
    mustDeployAgain,
    mayGrant,
    mayLook,
    pauseMs,
    say,
  } = options;
  let { chosen, outputs } = options;
  const permissions = chosen.permissions ?? 'license-only';
  const missing = await bringApp(root, { group, policy, permissions, mayGrant, outputs, pauseMs, say });

  const known = chosen.operationsClientId;
  if (wantsOperationsApi) {
    // Also where the app is registered: operators that were added since have no role yet.
    say('Operations API');
    const assign = (chosen.operators ?? []).map(({ objectId }) => ({ role: 'Operator', objectId }));
    const app = { appUrl: outputs.functionAppUrl, assign };
    chosen = {
      ...chosen,
      operationsClientId: await ensureOperationsApp({ ...app, pauseMs, say, sleep }),
    };
  }
  if (needsKey || mustDeployAgain || chosen.operationsClientId !== known) {
    say('Resources again, with what the app was needed for');
    const key = needsKey ? { NOTIFICATION_KEY: makeNotificationKey(group, outputs.functionAppName) } : {};
    outputs = makeResources(root, { group, deployment, leavesLock }, chosen, key);
  }
  const isReached = chosen.privateNetwork !== true;
  if (mayLook && !isReached)
    say('doctor and plan read the tables, which are reached from the private network only: run them there');
  const isWell =
    !mayLook || !isReached || (await lookAtTenant(root, { outputs, permissions, policy, pauseMs, say }));
  const environment = deployment === firstDeployment ? group : `${group} --name ${chosen.name}`;
  return { exitCode: report({ missing, isWell, environment, outputs, say }), chosen };
}

function report({ missing, isWell, environment, outputs, say }) {
  const { functionAppName, storageAccountName, keyVaultName } = outputs;
  say(
    `\nApp ${functionAppName}, storage account ${storageAccountName}, vault ${keyVaultName}. Your shell knows them after`,
  );
  say(`  eval "$(node scripts/azure-env.mjs --group ${environment})"     (PowerShell: docs/deploy.md)`);
  if (missing.length > 0) {
    say(
      `\nNot granted in Graph: ${missing.join(', ')}. A Privileged Role Administrator runs the same command once,`,
    );
    say('or follows docs/permissions.md; then restart the app: az functionapp restart.');
  }
  if (!isWell) say('\nThe app is deployed, and doctor or plan found something that needs you; see above.');
  if (missing.length > 0 || !isWell) return 1;
  say(
    '\nThe app is deployed and well. It observes until a policy that enforces is activated: docs/deploy.md.',
  );
  return 0;
}
