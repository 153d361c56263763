// What azd runs before and after it makes the resources: the same steps as scripts/deploy.sh has, with azd's environment
// in place of options.
import { spawnSync } from 'node:child_process';
import { choosePolicy } from '../package/choose-policy.mjs';
import { AzureRefused } from './az.mjs';
import { completeApp } from './complete.mjs';
import { deploymentOf, mergeChoices, previousChoices, toEnvironment } from './merge-choices.mjs';
import { checkRegion, chooseOperators, ensureGroup, readAccount, registerProviders } from './prepare.mjs';
import { isNewToNotifications, requireWebhookUrl } from './first-time.mjs';
import { chooseRegion, readStanding, refuseFixedChanges } from './fixed-choices.mjs';
import { checkSettings } from './check-settings.mjs';

/**
 * Sets variables of azd's environment, which azd reads before its next step. `azd` is a program, so no shell is needed.
 * @throws {AzureRefused} azd is not there, or refuses
 */
function setAzdValues(values) {
  for (const [name, value] of Object.entries(values)) {
    const { status, stderr } = spawnSync('azd', ['env', 'set', name, value], {
      stdio: ['ignore', 2, 'pipe'],
      encoding: 'utf8',
    });
    if (status !== 0) throw new AzureRefused(`azd env set ${name}: ${(stderr ?? '').trim() || 'failed'}`);
  }
}

/**
 * Before azd makes the resources. Everything that was chosen, now or at the last deployment, is put into azd's
 * environment, so that azd makes what the script would make.
 *
 * @param {string} root the project, built
 * @param {NodeJS.ProcessEnv} env
 * @throws {AzureRefused} {PolicyRefused} {WrongChoice} before anything is made
 */
export function prepareForAzd(root, env, say) {
  const { name, userType } = readAccount();
  say(`Subscription ${name}`);
  for (const [variable, example] of [
    ['AZURE_LOCATION', 'westeurope'],
    ['AZURE_RESOURCE_GROUP', 'rg-licenser'],
  ])
    if (!env[variable]) throw new AzureRefused(`${variable} is not set: azd env set ${variable} ${example}`);
  const previous = previousChoices(env.AZURE_RESOURCE_GROUP, env.LICENSER_NAME);
  const standing = readStanding(env.AZURE_RESOURCE_GROUP, previous);
  const operators =
    env.LICENSER_OPERATORS || previous.parameters.operators ? undefined : operatorsOf(env, userType);
  const chosen = mergeChoices(
    { operators, location: chooseRegion(env.AZURE_LOCATION, standing) },
    previous.parameters,
    env,
  );
  refuseFixedChanges(chosen, standing);
  choosePolicy(root, env.LICENSER_POLICY || undefined);
  checkSettings(root, chosen.extraSettings ?? {});
  requireWebhookUrl(chosen, previous, env);
  checkRegion(env.AZURE_LOCATION, say);
  registerProviders(say);
  ensureGroup(env.AZURE_RESOURCE_GROUP, env.AZURE_LOCATION, say);
  const wanted = {
    ...toEnvironment(chosen),
    LICENSER_APP_IS_NEW: String(isNewToNotifications(chosen, previous)),
  };
  const known = { LICENSER_APP_IS_NEW: 'false', ...env };
  setAzdValues(Object.fromEntries(Object.entries(wanted).filter(([key, value]) => known[key] !== value)));
}

const operatorsOf = (env, userType) =>
  env.AZURE_PRINCIPAL_ID
    ? [
        {
          objectId: env.AZURE_PRINCIPAL_ID.toLowerCase(),
          kind: userType === 'user' ? 'User' : 'ServicePrincipal',
        },
      ]
    : chooseOperators([], userType);

/**
 * After azd has made the resources; their outputs are in the environment. The last deployment is the script's own in both
 * ways: `azure-env.mjs`, a later script and a later azd find it under the same name.
 *
 * @returns {Promise<number>} exit code
 * @throws {AzureRefused} {PolicyRefused} {WrongChoice}
 */
export async function finishForAzd(root, env, say) {
  const before = mergeChoices({}, {}, env);
  const { exitCode, chosen } = await completeApp(root, {
    group: env.AZURE_RESOURCE_GROUP,
    deployment: deploymentOf(env.AZURE_RESOURCE_GROUP, env.LICENSER_NAME),
    policy: env.LICENSER_POLICY || undefined,
    chosen: before,
    outputs: env,
    needsKey: env.LICENSER_APP_IS_NEW === 'true',
    wantsOperationsApi: env.LICENSER_OPERATIONS_API === 'true',
    mustDeployAgain: true,
    mayGrant: true,
    mayLook: true,
    pauseMs: Number(env.LICENSER_RETRY_SECONDS ?? 30) * 1_000,
    say,
  });
  setAzdValues({
    ...(env.LICENSER_APP_IS_NEW === 'true' ? { LICENSER_APP_IS_NEW: 'false' } : {}),
    ...(chosen.operationsClientId !== before.operationsClientId
      ? { LICENSER_OPERATIONS_CLIENT_ID: chosen.operationsClientId }
      : {}),
  });
  return exitCode;
}
