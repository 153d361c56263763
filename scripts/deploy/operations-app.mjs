// The app registration of the operations API: who may call it, and with which roles. docs/permissions.md explains them.
import { AzureRefused } from './az.mjs';
import { callGraph, listGraph } from './graph.mjs';

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

/** @returns {string} where an app's ops page signs people in: a redirect URI of the registration */
export const pageAddress = (appUrl) => `${appUrl}/api/ui/`;

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
    spa: { redirectUris: [pageAddress(appUrl)] },
  };
}

/** @returns {Promise<{ id: string, appId: string, spa?: { redirectUris: string[] } } | undefined>} */
async function findRegistration(patience) {
  const filter = encodeURIComponent(`displayName eq '${displayName}'`);
  const path = `/applications?$filter=${filter}&$select=id,appId,spa`;
  const { value: found } = await callGraph('GET', path, undefined, patience);
  if (found.length > 1)
    throw new AzureRefused(
      `There are ${found.length} registrations named "${displayName}"; remove all but one`,
    );
  return found[0];
}

async function findPrincipal(appId, patience) {
  const filter = encodeURIComponent(`appId eq '${appId}'`);
  const path = `/servicePrincipals?$filter=${filter}&$select=id`;
  const { value } = await callGraph('GET', path, undefined, patience);
  return value[0];
}

/**
 * Makes the registration, or brings an existing one up to date, and gives the roles that were asked for.
 *
 * @param {{ appUrl: string, assign: readonly { role: string, objectId: string }[] } &
 *   import('./graph.mjs').Patience} options appUrl: https://APP.azurewebsites.net
 * @returns {Promise<string>} its client id, LICENSER_OPS_CLIENT_ID
 * @throws {AzureRefused} the administrator may not register applications, or a role is unknown
 */
export async function ensureOperationsApp({ appUrl, assign, ...patience }) {
  const { say } = patience;
  const send = (method, path, body) => callGraph(method, path, body, patience);
  const existing = await findRegistration(patience);
  const wanted = definition(appUrl);
  if (existing) {
    // Other environments of the tenant keep their addresses.
    const redirectUris = [...new Set([...(existing.spa?.redirectUris ?? []), ...wanted.spa.redirectUris])];
    await send('PATCH', `/applications/${existing.id}`, { ...wanted, spa: { redirectUris } });
    say(`  "${displayName}" is up to date`);
  }
  const app = existing ?? (await send('POST', '/applications', wanted));
  if (!existing) say(`  "${displayName}" is registered`);
  // Both name what the first call has made, so they cannot be part of it.
  await send('PATCH', `/applications/${app.id}`, {
    identifierUris: [`api://${app.appId}`],
    api: {
      ...wanted.api,
      preAuthorizedApplications: [{ appId: azureCli, delegatedPermissionIds: [scopeId] }],
    },
  });
  const principal =
    (await findPrincipal(app.appId, patience)) ??
    (await send('POST', '/servicePrincipals', { appId: app.appId }));
  // Without a role there is no token at all.
  await send('PATCH', `/servicePrincipals/${principal.id}`, { appRoleAssignmentRequired: true });
  await giveRoles(principal.id, assign, patience);
  return app.appId;
}

async function giveRoles(resourceId, assign, patience) {
  if (assign.length === 0) return;
  const assignments = `/servicePrincipals/${resourceId}/appRoleAssignedTo`;
  const found = await listGraph(assignments, patience);
  const present = found.map(({ principalId, appRoleId }) => `${principalId} ${appRoleId}`.toLowerCase());
  for (const { role, objectId } of assign) {
    const appRoleId = roleId(role);
    if (present.includes(`${objectId} ${appRoleId}`.toLowerCase())) continue;
    await callGraph('POST', assignments, { principalId: objectId, resourceId, appRoleId }, patience);
    patience.say(`  ${role} for ${objectId}`);
  }
}

function roleId(role) {
  const found = operationsRoles.find(({ value }) => value.toLowerCase() === role.toLowerCase());
  if (found === undefined)
    throw new AzureRefused(`There is no role ${role}; there are Viewer, Operator and Approver`);
  return found.id;
}

/**
 * Who has a role of the operations API.
 *
 * @param {'Viewer' | 'Operator' | 'Approver'} role
 * @param {import('./graph.mjs').Patience} patience
 * @returns {Promise<{ appId?: string, addresses: string[],
 *   holders: { path: string, principalId: string, name: string }[] }>} addresses: of all apps that sign people in by the
 *   registration, those of other groups too; path: what DELETE takes away. Without appId: the API is not registered
 */
export async function holdersOf(role, patience) {
  const app = await findRegistration(patience);
  const principal = app && (await findPrincipal(app.appId, patience));
  if (!principal) return { addresses: [], holders: [] };
  const path = `/servicePrincipals/${principal.id}/appRoleAssignedTo`;
  const found = await listGraph(path, patience);
  const holders = found
    .filter(({ appRoleId }) => appRoleId === roleId(role))
    .map(({ id, principalId, principalDisplayName }) => ({
      path: `${path}/${id}`,
      principalId,
      name: principalDisplayName ?? '',
    }));
  return { appId: app.appId, addresses: app.spa?.redirectUris ?? [], holders };
}
