// Two identities for GitHub in Entra, each trusted for one environment of one repository by OIDC, so that GitHub holds no
// secret: one deploys, one only looks. A pull request may change the workflow and these scripts, so what runs for it must not
// be able to change Azure. https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust
import { readFileSync } from 'node:fs';
import { az, azJson } from '../deploy/az.mjs';

/** Made by name, so the command may run again; each name holds the repository, each role the group. */
const whatIfRole = (group) => `Licenser what-if in ${group}`;

/**
 * @param {{ repository: string, group: string, environment: string, scope: string }} options scope: id of the group
 * @returns {{ deploy: string, look: string }} client ids
 * @throws {AzureRefused}
 */
export function ensureIdentities({ repository, group, environment, scope }) {
  const deploy = ensureIdentity(`Licenser deployment from ${repository}`, repository, environment);
  assign(deploy.principal, 'Contributor', scope);
  assign(deploy.principal, 'Role Based Access Control Administrator', scope, onlyRolesOfTheTemplates());
  const look = ensureIdentity(
    `Licenser what-if from ${repository}`,
    repository,
    whatIfEnvironment(environment),
  );
  ensureWhatIfRole(group, scope);
  assign(look.principal, whatIfRole(group), scope);
  return { deploy: deploy.appId, look: look.appId };
}

/** The environment of pull requests beside that of deployments. */
export const whatIfEnvironment = (environment) => `${environment}-what-if`;

function ensureIdentity(name, repository, environment) {
  const [found] = azJson(['ad', 'app', 'list', '--display-name', name, '--query', '[].appId']);
  const appId =
    found ?? az(['ad', 'app', 'create', '--display-name', name, '--query', 'appId', '--output', 'tsv']);
  if (found === undefined) az(['ad', 'sp', 'create', '--id', appId, '--output', 'none']);
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
  return { appId, principal: az(['ad', 'sp', 'show', '--id', appId, '--query', 'id', '--output', 'tsv']) };
}

/**
 * what-if reads, and asks; no built-in role may ask without being able to change.
 * https://learn.microsoft.com/azure/azure-resource-manager/bicep/deploy-what-if#required-permissions
 */
function ensureWhatIfRole(group, scope) {
  const name = whatIfRole(group);
  const found = azJson(['role', 'definition', 'list', '--name', name, '--scope', scope, '--query', '[].id']);
  if (found.length > 0) return;
  const definition = {
    Name: name,
    Description: 'Reads the resources of the licenser and asks what a deployment would change.',
    Actions: [
      '*/read',
      'Microsoft.Resources/deployments/validate/action',
      'Microsoft.Resources/deployments/whatIf/action',
    ],
    AssignableScopes: [scope],
  };
  az([
    ...['role', 'definition', 'create'],
    ...['--role-definition', JSON.stringify(definition)],
    ...['--output', 'none'],
  ]);
}

/**
 * Without it the pipeline could make itself the owner of the group.
 * https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples#example-constrain-roles
 */
function onlyRolesOfTheTemplates() {
  const template = readFileSync(new URL('../../infra/roles.bicep', import.meta.url), 'utf8');
  const ids = [...template.matchAll(/^var \w+ = '([0-9a-f]{8}-[0-9a-f-]{27})'$/gm)].map(([, id]) => id);
  const may = (action, whose) =>
    `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${action}'})) OR (@${whose}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${ids.join(', ')}}))`;
  return `${may('write', 'Request')} AND ${may('delete', 'Resource')}`;
}

function assign(principal, role, scope, condition) {
  az([
    ...['role', 'assignment', 'create'],
    ...['--assignee-object-id', principal],
    ...['--assignee-principal-type', 'ServicePrincipal'],
    ...['--role', role],
    ...['--scope', scope],
    ...(condition === undefined ? [] : ['--condition', condition, '--condition-version', '2.0']),
    ...['--output', 'none'],
  ]);
}
