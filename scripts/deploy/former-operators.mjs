// Roles that a deployment gave to operators who are no longer among its choices. Azure takes no role back by itself: a
// template only adds. The role of the operations API is the tenant's: all environments have it in one registration.
import { AzureRefused, azJson } from './az.mjs';
import { plainOutputs } from './environment.mjs';
import { deploymentOf, environmentsOf } from './merge-choices.mjs';
import { holdersOf, pageAddress } from './operations-app.mjs';
import { readAccount } from './prepare.mjs';

/** Roles of operators in infra/roles.bicep, by the resource that they are on. */
export const operatorRoles = {
  storage: { name: 'Storage Table Data Reader', id: '76199698-9eea-4c19-bc75-cec21354c6b6' },
  serviceBus: { name: 'Azure Service Bus Data Receiver', id: '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0' },
  logs: { name: 'Log Analytics Reader', id: '73c42c96-874c-492b-b04d-ab87d138a893' },
};

/**
 * @typedef {{ principalId: string, name: string, role: string, on: string, remove: { roleAssignment: string } | { graph: string } }} Former
 * @typedef {{ former: Former[], storageAccountName: string, otherApps: string[] }} Found otherApps: addresses that the
 *   registration of the operations API serves beside the apps of the group; who operates those is not known here
 */

/**
 * @param {string} group
 * @param {string | undefined} name of the environment; undefined: the first one of the group
 * @param {import('./graph.mjs').Patience} patience
 * @returns {Promise<Found>} who has a role on the environment's resources that its last deployment does not give, and who
 *   has the role Operator and operates no environment of the group
 * @throws {AzureRefused} there is no deployment, or it cannot be read
 */
export async function findFormerOperators(group, name, patience) {
  const shown = azJson([
    ...['deployment', 'group', 'show'],
    ...['--resource-group', group],
    ...['--name', deploymentOf(group, name)],
    ...['--query', 'properties.{parameters: parameters, outputs: outputs}'],
  ]);
  if (!shown?.outputs?.storageAccountName)
    throw new AzureRefused('The last deployment names no storage account: deploy this version first');
  const outputs = plainOutputs(shown.outputs);
  const chosen = plainOutputs(shown.parameters ?? {});
  const operators = (chosen.operators ?? []).map(({ objectId }) => objectId.toLowerCase());
  const allowed = new Set([...operators, outputs.identityPrincipalId.toLowerCase()]);
  const onlyApp = new Set([outputs.identityPrincipalId.toLowerCase()]);
  const at = `/subscriptions/${readAccount().id}/resourceGroups/${group}/providers`;
  const bus = outputs.ServiceBusConnection__fullyQualifiedNamespace.split('.')[0];
  const places = [
    [operatorRoles.storage, `${at}/Microsoft.Storage/storageAccounts/${outputs.storageAccountName}`, allowed],
    [
      operatorRoles.serviceBus,
      `${at}/Microsoft.ServiceBus/namespaces/${bus}`,
      // The right to receive is given to operators only while they may.
      chosen.operatorsMayReceive === true ? allowed : onlyApp,
    ],
    [
      operatorRoles.logs,
      `${at}/Microsoft.OperationalInsights/workspaces/${chosen.name ?? 'licenser'}-logs`,
      allowed,
    ],
  ];
  const former = places.flatMap(([role, scope, keep]) => assignmentsOf(role, scope, keep));
  const storageAccountName = outputs.storageAccountName;
  if (!outputs.LICENSER_OPS_CLIENT_ID) return { former, storageAccountName, otherApps: [] };
  const ofApi = await formerOfApi(group, operators, outputs, patience);
  return { former: [...former, ...ofApi.former], storageAccountName, otherApps: ofApi.otherApps };
}

/** The registration serves all environments of the tenant, so who operates another one of the group is an operator too. */
async function formerOfApi(
  group,
  ownOperators,
  { LICENSER_OPS_CLIENT_ID: clientId, functionAppUrl },
  patience,
) {
  const environments = environmentsOf(group);
  const operators = new Set([
    ...ownOperators,
    ...environments.flatMap(({ parameters }) =>
      (parameters.operators ?? []).map(({ objectId }) => objectId.toLowerCase()),
    ),
  ]);
  const own = new Set(
    [functionAppUrl, ...environments.map(({ outputs }) => outputs.functionAppUrl)].flatMap((url) =>
      url ? [pageAddress(url).toLowerCase()] : [],
    ),
  );
  const { appId, addresses, holders } = await holdersOf('Operator', patience);
  const otherApps = addresses.filter((address) => !own.has(address.toLowerCase()));
  if (appId !== undefined && appId.toLowerCase() !== clientId.toLowerCase())
    otherApps.push(`the registration ${appId}, which is not that of this environment (${clientId})`);
  const former = holders
    .filter(({ principalId }) => !operators.has(principalId.toLowerCase()))
    .map(({ path, principalId, name }) => ({
      ...{ principalId, name, role: 'Operator', on: 'the operations API', remove: { graph: path } },
    }));
  return { former, otherApps };
}

function assignmentsOf(role, scope, keep) {
  return (azJson(['role', 'assignment', 'list', '--scope', scope, '--role', role.id]) ?? [])
    .filter((found) => found.scope.toLowerCase() === scope.toLowerCase())
    .filter(({ principalId }) => !keep.has(principalId.toLowerCase()))
    .map(({ id, principalId, principalName }) => ({
      ...{ principalId, name: principalName ?? '', role: role.name, on: scope.split('/').at(-1) },
      remove: { roleAssignment: id },
    }));
}
