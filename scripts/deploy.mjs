#!/usr/bin/env node
// From clone to an app in Azure, by the Azure CLI alone; scripts/deploy.sh and scripts/deploy.ps1 start it.
//   deploy.mjs --group GROUP --location REGION [options]   see scripts/deploy/arguments.mjs
//   deploy.mjs check | finish                              what azd runs before and after it makes the resources
//   exit 0: the app is well, 1: refused or not well, 2: wrong usage
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments, usage } from './deploy/arguments.mjs';
import { AzureRefused } from './deploy/az.mjs';
import { finishForAzd, prepareForAzd } from './deploy/azd.mjs';
import { checkSettings } from './deploy/check-settings.mjs';
import { completeApp } from './deploy/complete.mjs';
import { isNewToNotifications, requireWebhookUrl } from './deploy/first-time.mjs';
import { chooseRegion, readStanding, refuseFixedChanges } from './deploy/fixed-choices.mjs';
import { WrongChoice, mergeChoices, previousChoices } from './deploy/merge-choices.mjs';
import {
  checkRegion,
  chooseOperators,
  ensureGroup,
  readAccount,
  registerProviders,
} from './deploy/prepare.mjs';
import { foreseeResources, makeResources } from './deploy/resources.mjs';
import { PolicyRefused, choosePolicy } from './package/choose-policy.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const say = (text) => process.stdout.write(`${text}\n`);

function buildSources() {
  const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs'), '--if-stale'], {
    stdio: ['ignore', 2, 2],
  });
  if (built.status !== 0) throw new AzureRefused('The sources do not compile; run "npm ci" first');
}

async function deployAll(args) {
  const { group, location, operators, isWhatIf, leavesLock, asked, ...options } = readArguments(args);
  const account = readAccount();
  say(`Subscription ${account.name} (${account.id}), tenant ${account.tenantId}, as ${account.user}`);
  buildSources();
  // What is refused is refused before anything is made.
  choosePolicy(root, options.policy);
  checkRegion(location, say);
  const previous = previousChoices(group, asked.name ?? process.env.LICENSER_NAME);
  const standing = readStanding(group, previous);
  const named = operators.length > 0 || previous.parameters.operators === undefined;
  const chosen = mergeChoices(
    {
      ...asked,
      location: chooseRegion(location, standing),
      operators: named ? chooseOperators(operators, account.userType) : undefined,
    },
    previous.parameters,
    process.env,
  );
  refuseFixedChanges(chosen, standing);
  checkSettings(root, chosen.extraSettings ?? {});
  const place = { group, deployment: previous.deployment, leavesLock };
  if (isWhatIf) {
    say(foreseeResources(root, place, chosen));
    return 0;
  }
  requireWebhookUrl(chosen, previous, process.env);
  say('Resource providers and group');
  registerProviders(say);
  ensureGroup(group, location, say);

  const isNew = isNewToNotifications(chosen, previous);
  // Who names the option has a new key made: that is how a key is replaced that was deleted or seen.
  const needsKey = isNew || asked.notifications === true;
  say('Resources (some minutes)');
  const outputs = makeResources(root, place, { ...chosen, ...(isNew ? { notifications: false } : {}) });
  const { exitCode } = await completeApp(root, {
    ...options,
    ...{ ...place, chosen, outputs, needsKey, mustDeployAgain: false, say },
  });
  return exitCode;
}

async function main([first, ...rest]) {
  if (first === 'check' || first === 'finish') buildSources();
  if (first === 'check') {
    prepareForAzd(root, process.env, say);
    return 0;
  }
  if (first === 'finish') return finishForAzd(root, process.env, say);
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
  const isUsage = error instanceof TypeError || error instanceof WrongChoice;
  const isRefusal = [AzureRefused, PolicyRefused].some((kind) => error instanceof kind);
  if (!isUsage && !isRefusal) throw error;
  if (error instanceof TypeError) process.stderr.write(usage);
  process.exitCode = isUsage ? 2 : 1;
}
