#!/usr/bin/env node
// From clone to an app in Azure, by the Azure CLI alone; scripts/deploy.sh and scripts/deploy.ps1 start it.
//   deploy.mjs --group GROUP --location REGION [options]   see scripts/deploy/arguments.mjs
//   deploy.mjs check | finish                              what azd runs before and after it makes the resources
//   exit 0: the app is well, 1: refused or not well, 2: wrong usage
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments, usage } from './deploy/arguments.mjs';
import { AzureRefused, az, azJson } from './deploy/az.mjs';
import { deploymentName, mergeChoices, previousChoices, toEnvironment } from './deploy/choices.mjs';
import { plainOutputs } from './deploy/environment.mjs';
import { bringApp, lookAtTenant } from './deploy/finish.mjs';
import { ensureOperationsApp } from './deploy/operations-app.mjs';
import {
  checkRegion,
  chooseOperators,
  ensureGroup,
  readAccount,
  registerProviders,
} from './deploy/prepare.mjs';
import { PolicyRefused, choosePolicy } from './package/choose-policy.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const say = (text) => process.stdout.write(`${text}\n`);

function buildSources() {
  const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs'), '--if-stale'], {
    stdio: ['ignore', 2, 2],
  });
  if (built.status !== 0) throw new AzureRefused('The sources do not compile; run "npm ci" first');
}

/** `what-if` prints what would change; `create` gives the outputs. */
function deployResources(verb, group, env) {
  const args = [
    ...['deployment', 'group', verb],
    ...['--resource-group', group],
    ...['--name', deploymentName],
    ...['--parameters', join(root, 'infra', 'main.bicepparam')],
  ];
  if (verb === 'what-if') return void say(az(args, { env }));
  return plainOutputs(azJson([...args, '--query', 'properties.outputs'], { env }));
}

function makeNotificationKey(group, app) {
  return az([
    ...['functionapp', 'function', 'keys', 'set'],
    ...['--resource-group', group],
    ...['--name', app],
    ...['--function-name', 'graph-notification'],
    ...['--key-name', 'graph'],
    ...['--query', 'value'],
    ...['--output', 'tsv'],
  ]);
}

function report(missing, isWell) {
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

async function deployAll(args) {
  const {
    group,
    location,
    policy,
    operators,
    wantsOperationsApi,
    isWhatIf,
    mayLook,
    mayGrant,
    pauseMs,
    asked,
  } = readArguments(args);
  const account = readAccount();
  say(`Subscription ${account.name} (${account.id}), tenant ${account.tenantId}, as ${account.user}`);
  buildSources();
  // A policy that is refused is refused before anything is made.
  choosePolicy(root, policy);
  checkRegion(location, say);
  const { parameters: previous, isComplete } = previousChoices(group);
  const named = operators.length > 0 || previous.operators === undefined;
  const chosen = mergeChoices(
    { ...asked, operators: named ? chooseOperators(operators, account.userType) : undefined },
    previous,
    process.env,
  );
  if (isWhatIf) {
    deployResources('what-if', group, toEnvironment(chosen));
    return 0;
  }
  say('Resource providers and group');
  registerProviders(say);
  ensureGroup(group, location, say);

  // The URL that Graph calls carries a key of the app, so the app must exist first.
  const needsKey = chosen.notifications === true && !(isComplete && previous.notifications === true);
  say('Resources (some minutes)');
  const first = { ...chosen, ...(needsKey ? { notifications: false } : {}) };
  let outputs = deployResources('create', group, toEnvironment(first));
  const permissions = chosen.permissions ?? 'license-only';
  const missing = await bringApp(root, { group, policy, permissions, mayGrant, outputs, pauseMs, say });

  const known = chosen.operationsClientId;
  if (wantsOperationsApi) {
    // Also where the app is registered: operators that were added since have no role yet.
    say('Operations API');
    const assign = (chosen.operators ?? []).flatMap(({ objectId }) => [{ role: 'Operator', objectId }]);
    chosen.operationsClientId = ensureOperationsApp({ appUrl: outputs.functionAppUrl, assign, say });
  }
  if (needsKey || chosen.operationsClientId !== known) {
    say('Resources again, with what the app was needed for');
    const key = needsKey ? { NOTIFICATION_KEY: makeNotificationKey(group, outputs.functionAppName) } : {};
    outputs = deployResources('create', group, { ...toEnvironment(chosen), ...key });
  }
  return report(missing, !mayLook || lookAtTenant(root, { outputs, permissions, say }));
}

/** azd's hook before it makes the resources; its environment is in the shell's. */
function checkForAzd(env) {
  const { name, userType } = readAccount();
  say(`Subscription ${name}`);
  for (const [variable, example] of [
    ['AZURE_LOCATION', 'westeurope'],
    ['AZURE_RESOURCE_GROUP', 'rg-licenser'],
  ])
    if (!env[variable]) throw new AzureRefused(`${variable} is not set: azd env set ${variable} ${example}`);
  // The key belongs to the app, which the first deployment only makes.
  if (env.LICENSER_NOTIFICATIONS === 'true' && !env.NOTIFICATION_KEY)
    throw new AzureRefused(
      'Notifications take a key of the app: deploy with scripts/deploy.sh --notifications',
    );
  checkRegion(env.AZURE_LOCATION, say);
  registerProviders(say);
  ensureGroup(env.AZURE_RESOURCE_GROUP, env.AZURE_LOCATION, say);
  if (env.LICENSER_OPERATORS) return 0;
  const operators = env.AZURE_PRINCIPAL_ID
    ? [{ objectId: env.AZURE_PRINCIPAL_ID, kind: userType === 'user' ? 'User' : 'ServicePrincipal' }]
    : chooseOperators([], userType);
  const set = spawnSync('azd', ['env', 'set', 'LICENSER_OPERATORS', JSON.stringify(operators)], {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  return set.status ?? 1;
}

/** azd's hook after it has made the resources; their outputs are in the environment. */
async function finishForAzd(env) {
  buildSources();
  const permissions = env.LICENSER_PERMISSIONS ?? 'license-only';
  const missing = await bringApp(root, {
    group: env.AZURE_RESOURCE_GROUP,
    policy: env.LICENSER_POLICY,
    permissions,
    mayGrant: true,
    outputs: env,
    pauseMs: 30_000,
    say,
  });
  return report(missing, lookAtTenant(root, { outputs: env, permissions, say }));
}

async function main([first, ...rest]) {
  if (first === 'check') return checkForAzd(process.env);
  if (first === 'finish') return finishForAzd(process.env);
  if (first === undefined || first === '--help') {
    process.stdout.write(usage);
    return first === undefined ? 2 : 0;
  }
  return deployAll([first, ...rest]);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof TypeError && error.code === undefined && !/^--/.test(error.message)) throw error;
  process.stderr.write(`deploy: ${error.message}\n`);
  const isUsage = error instanceof TypeError;
  if (!isUsage && !(error instanceof AzureRefused) && !(error instanceof PolicyRefused)) throw error;
  if (isUsage) process.stderr.write(usage);
  process.exitCode = isUsage ? 2 : 1;
}
