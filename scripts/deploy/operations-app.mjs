// The app registration of the operations API: who may call it, and with which roles. docs/permissions.md explains them.
import { getGraph, sendGraph } from './graph.mjs';

const displayName = 'Licenser operations';
/** The Azure CLI: without it operators would have to consent. */
const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';

/** Ids are the same in every tenant, so that a registration that is made again keeps its meaning. */
export const operationsRoles = [
  {
    id: '6b1f3c52-6a0e-4a5b-9d0e-5c0f1a3b7e01',
    value: 'Viewer',
    allowedMemberTypes: ['User', 'Application'],
    description: 'Reads everything, changes nothing.',
  },
  {
    id: '6b1f3c52-6a0e-4a5b-9d0e-5c0f1a3b7e02',
    value: 'Operator',
    allowedMemberTypes: ['User', 'Application'],
    description: 'Reads and acts: retries, pauses, activates policies.',
  },
  {
    id: '6b1f3c52-6a0e-4a5b-9d0e-5c0f1a3b7e03',
    value: 'Approver',
    // An approval is a person's.
    allowedMemberTypes: ['User'],
    description: 'Reads, and approves what another operator has asked for.',
  },
];
const scopeId = '6b1f3c52-6a0e-4a5b-9d0e-5c0f1a3b7e10';

function definition(appUrl) {
  return {
    displayName,
    signInAudience: 'AzureADMyOrg',
    appRoles: operationsRoles.map((role) => ({ ...role, displayName: role.value, isEnabled: true })),
    api: {
      requestedAccessTokenVersion: 2,
      oauth2PermissionScopes: [
        {
          id: scopeId,
          value: 'Ops.Use',
          type: 'User',
          isEnabled: true,
          adminConsentDisplayName: 'Operate the licenser',
          adminConsentDescription: 'Call the operations API of the licenser as the signed-in person.',
          userConsentDisplayName: 'Operate the licenser',
          userConsentDescription: 'Call the operations API of the licenser as you.',
        },
      ],
    },
    spa: { redirectUris: [`${appUrl}/api/ui/`] },
  };
}

/**
 * Makes the registration, or brings an existing one up to date, and gives the roles that were asked for.
 *
 * @param {{ appUrl: string, assign: readonly { role: string, objectId: string }[], say: (text: string) => void }} options
 *   appUrl: https://APP.azurewebsites.net
 * @returns {string} its client id, LICENSER_OPS_CLIENT_ID
 * @throws {AzureRefused} the administrator may not register applications, or a role is unknown
 */
export function ensureOperationsApp({ appUrl, assign, say }) {
  const filter = encodeURIComponent(`displayName eq '${displayName}'`);
  const found = getGraph(`/applications?$filter=${filter}&$select=id,appId,spa`).value;
  if (found.length > 1)
    throw new Error(`There are ${found.length} registrations named "${displayName}"; remove all but one`);
  const [existing] = found;
  const wanted = definition(appUrl);
  if (existing) {
    // Other environments of the tenant keep their addresses.
    const redirectUris = [...new Set([...(existing.spa?.redirectUris ?? []), ...wanted.spa.redirectUris])];
    sendGraph('PATCH', `/applications/${existing.id}`, { ...wanted, spa: { redirectUris } });
    say(`  "${displayName}" is up to date`);
  }
  const app = existing ?? sendGraph('POST', '/applications', wanted);
  if (!existing) say(`  "${displayName}" is registered`);
  // Both name what the first call has made, so they cannot be part of it.
  sendGraph('PATCH', `/applications/${app.id}`, {
    identifierUris: [`api://${app.appId}`],
    api: {
      ...wanted.api,
      preAuthorizedApplications: [{ appId: azureCli, delegatedPermissionIds: [scopeId] }],
    },
  });
  const [principal = sendGraph('POST', '/servicePrincipals', { appId: app.appId })] = getGraph(
    `/servicePrincipals?$filter=${encodeURIComponent(`appId eq '${app.appId}'`)}&$select=id`,
  ).value;
  // Without a role there is no token at all.
  sendGraph('PATCH', `/servicePrincipals/${principal.id}`, { appRoleAssignmentRequired: true });
  giveRoles(principal.id, assign, say);
  return app.appId;
}

function giveRoles(resourceId, assign, say) {
  if (assign.length === 0) return;
  const assignments = `/servicePrincipals/${resourceId}/appRoleAssignedTo`;
  const present = getGraph(assignments).value.map(
    ({ principalId, appRoleId }) => `${principalId} ${appRoleId}`,
  );
  for (const { role, objectId } of assign) {
    const appRoleId = operationsRoles.find(({ value }) => value.toLowerCase() === role.toLowerCase())?.id;
    if (appRoleId === undefined)
      throw new Error(`There is no role ${role}; there are Viewer, Operator and Approver`);
    if (present.includes(`${objectId} ${appRoleId}`)) continue;
    sendGraph('POST', assignments, { principalId: objectId, resourceId, appRoleId });
    say(`  ${role} for ${objectId}`);
  }
}
