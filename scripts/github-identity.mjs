#!/usr/bin/env node
// Makes the identity with which .github/workflows/deploy.yml signs in: an app registration that trusts the tokens of one
// repository's environment (OIDC), so that GitHub holds no secret. Safe to run again.
//   github-identity.mjs --repository OWNER/NAME --group GROUP [--environment azure]
import { parseArgs } from 'node:util';
import { AzureRefused, az, azJson } from './deploy/az.mjs';
import { readAccount } from './deploy/prepare.mjs';

const roles = ['Contributor', 'Role Based Access Control Administrator'];
const say = (text) => process.stdout.write(`${text}\n`);

function readOptions() {
  const { values } = parseArgs({
    options: {
      repository: { type: 'string' },
      group: { type: 'string' },
      environment: { type: 'string', default: 'azure' },
    },
  });
  if (!/^[\w.-]+\/[\w.-]+$/.test(values.repository ?? '') || !values.group) {
    throw new TypeError(
      'usage: github-identity.mjs --repository OWNER/NAME --group GROUP [--environment azure]',
    );
  }
  return values;
}

function main() {
  const { repository, group, environment } = readOptions();
  const account = readAccount();
  const name = `Licenser deployment from ${repository}`;
  const [found] = azJson(['ad', 'app', 'list', '--display-name', name, '--query', '[].appId']);
  const appId =
    found ?? az(['ad', 'app', 'create', '--display-name', name, '--query', 'appId', '--output', 'tsv']);
  if (found === undefined) az(['ad', 'sp', 'create', '--id', appId, '--output', 'none']);

  // https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust
  const subject = `repo:${repository}:environment:${environment}`;
  const known = azJson(['ad', 'app', 'federated-credential', 'list', '--id', appId, '--query', '[].subject']);
  if (!known.includes(subject)) {
    const credential = {
      name: `github-${environment}`,
      issuer: 'https://token.actions.githubusercontent.com',
      subject,
      audiences: ['api://AzureADTokenExchange'],
    };
    az([
      ...['ad', 'app', 'federated-credential', 'create'],
      ...['--id', appId],
      ...['--parameters', JSON.stringify(credential)],
      ...['--output', 'none'],
    ]);
  }
  const principal = az(['ad', 'sp', 'show', '--id', appId, '--query', 'id', '--output', 'tsv']);
  for (const role of roles) {
    az([
      ...['role', 'assignment', 'create'],
      ...['--assignee-object-id', principal],
      ...['--assignee-principal-type', 'ServicePrincipal'],
      ...['--role', role],
      ...['--scope', `/subscriptions/${account.id}/resourceGroups/${group}`],
      ...['--output', 'none'],
    ]);
  }
  say(
    `Variables of the environment "${environment}" in https://github.com/${repository}/settings/environments:`,
  );
  say(`AZURE_CLIENT_ID=${appId}\nAZURE_TENANT_ID=${account.tenantId}\nAZURE_SUBSCRIPTION_ID=${account.id}`);
}

try {
  main();
} catch (error) {
  if (!(error instanceof AzureRefused) && !(error instanceof TypeError)) throw error;
  process.stderr.write(`github-identity: ${error.message}\n`);
  process.exitCode = error instanceof AzureRefused ? 1 : 2;
}
