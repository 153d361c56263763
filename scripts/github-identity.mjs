#!/usr/bin/env node
// Makes what .github/workflows/deploy.yml signs in with, and protects the environment that may deploy. Safe to run again.
//   github-identity.mjs --repository OWNER/NAME --group GROUP --location REGION --reviewer LOGIN|ORGANIZATION/TEAM
//     [--policy-file FILE] [--environment azure]
//   Without --reviewer GitHub is left alone, and what to enter there is printed.
import { parseArgs } from 'node:util';
import { AzureRefused } from './deploy/az.mjs';
import { readAccount } from './deploy/prepare.mjs';
import {
  GitHubRefused,
  ensureEnvironment,
  protectEnvironment,
  setVariables,
} from './github/environments.mjs';
import { ensureIdentities, whatIfEnvironment } from './github/identities.mjs';

/** As .github/workflows/deploy.yml names it. */
const workflowEnvironment = 'azure';
const say = (text) => process.stdout.write(`${text}\n`);
const usage =
  'usage: github-identity.mjs --repository OWNER/NAME --group GROUP --location REGION\n' +
  '       [--reviewer LOGIN|ORGANIZATION/TEAM] [--policy-file FILE] [--environment azure]';

function readOptions() {
  const { values } = parseArgs({
    options: {
      repository: { type: 'string' },
      group: { type: 'string' },
      location: { type: 'string' },
      reviewer: { type: 'string' },
      'policy-file': { type: 'string' },
      environment: { type: 'string', default: workflowEnvironment },
    },
  });
  if (!/^[\w.-]+\/[\w.-]+$/.test(values.repository ?? '') || !values.group || !values.location)
    throw new TypeError(usage);
  return values;
}

/** The variables that the workflow reads, by environment. */
function variablesOf({ group, location, environment, 'policy-file': policyFile }, account, clientIds) {
  const common = {
    AZURE_TENANT_ID: account.tenantId,
    AZURE_SUBSCRIPTION_ID: account.id,
    LICENSER_GROUP: group,
    LICENSER_LOCATION: location,
  };
  return {
    [environment]: {
      AZURE_CLIENT_ID: clientIds.deploy,
      ...common,
      ...(policyFile === undefined ? {} : { LICENSER_POLICY_FILE: policyFile }),
    },
    [whatIfEnvironment(environment)]: { AZURE_CLIENT_ID: clientIds.look, ...common },
  };
}

function main() {
  const options = readOptions();
  const { repository, group, environment, reviewer } = options;
  const account = readAccount();
  const scope = `/subscriptions/${account.id}/resourceGroups/${group}`;
  const clientIds = ensureIdentities({ repository, group, environment, scope });
  const variables = variablesOf(options, account, clientIds);
  if (reviewer !== undefined) {
    protectEnvironment(repository, environment, reviewer);
    ensureEnvironment(repository, whatIfEnvironment(environment));
  }
  for (const [name, values] of Object.entries(variables)) {
    if (reviewer !== undefined) setVariables(repository, name, values);
    say(`Variables of the environment "${name}" in https://github.com/${repository}/settings/environments:`);
    for (const [variable, value] of Object.entries(values)) say(`  ${variable}=${value}`);
  }
  if (environment !== workflowEnvironment)
    say(
      `The workflow names the environments "${workflowEnvironment}" and "${whatIfEnvironment(workflowEnvironment)}": write yours into .github/workflows/deploy.yml.`,
    );
  say(
    reviewer === undefined
      ? 'Enter them there, and protect the first: required reviewers, and only tags v* may deploy (docs/deploy.md).'
      : `They are set. ${reviewer} must approve each deployment, and only tags v* may deploy.`,
  );
}

try {
  main();
} catch (error) {
  const isRefusal = error instanceof AzureRefused || error instanceof GitHubRefused;
  if (!isRefusal && !(error instanceof TypeError)) throw error;
  process.stderr.write(`github-identity: ${error.message}\n`);
  process.exitCode = isRefusal ? 1 : 2;
}
