import type { Answer } from './answer-call';

/** Object id of the person who deploys. */
export const me = 'aaaaaaaa-0000-4000-8000-00000000a001';
/** Object id of the app's identity. */
export const identity = 'aaaaaaaa-0000-4000-8000-00000000c001';
/** Client id of the operations API. */
export const operationsClient = 'aaaaaaaa-0000-4000-8000-00000000b001';
/** App roles of Graph that license-only takes. */
export const always = [
  '5facf0c1-8979-4e95-abcf-ff3d079771c0',
  'e2f98668-2877-4f38-a2f4-8202e0717aa1',
  'df021288-bdef-4463-88db-98f22de89214',
  '98830695-27a2-44f7-8c18-0c3ebc9698f6',
];

export const tsv = (text: string) => `${text}\n`;
export const granted = (ids: readonly string[]) =>
  JSON.stringify({ value: ids.map((appRoleId) => ({ appRoleId })) });

/**
 * A subscription in which nothing was deployed yet, and in which all that is asked for goes well.
 *
 * @param origin where the app's health function answers
 * @param more answers that come before these
 */
export function newSubscription(origin: string, more: readonly Answer[] = []): readonly Answer[] {
  const outputs = Object.entries({
    functionAppName: 'licenser-x',
    functionAppUrl: origin,
    storageAccountName: 'stx',
    keyVaultName: 'kv-x',
    identityPrincipalId: identity,
    LICENSER_OPS_CLIENT_ID: '',
  }).map(([name, value]) => [name, { type: 'String', value }]);
  const account = {
    ...{ id: 's', name: 'Contoso', tenantId: 't' },
    user: { name: 'ann', type: 'user' },
  };
  return [
    ...more,
    { match: '^account show', stdout: JSON.stringify(account) },
    { match: 'list-flexconsumption-locations', stdout: '[{"name":"West Europe"},{"name":"uksouth"}]' },
    { match: '^provider show .*Microsoft.App ', stdout: tsv('NotRegistered') },
    { match: '^provider show', stdout: tsv('Registered') },
    { match: '^group exists', stdout: tsv('false') },
    { match: '^deployment group show', fail: 'ResourceGroupNotFound', times: 1 },
    { match: '^deployment group create', stdout: JSON.stringify(Object.fromEntries(outputs)) },
    { match: '^ad signed-in-user show', stdout: tsv(me) },
    { match: '^ad sp show', stdout: tsv('graph-id') },
    { match: '^rest --method GET .*appRoleAssignments', stdout: granted([]), times: 1 },
    { match: '^rest --method GET .*appRoleAssignments', stdout: granted(always) },
    { match: 'keys set', stdout: tsv('a-key') },
  ];
}

/** A tenant in which the operations API is not registered yet. */
export const noOperationsApi: readonly Answer[] = [
  { match: '^rest --method GET .*/applications\\?', stdout: '{"value":[]}' },
  {
    match: '^rest --method POST .*/applications ',
    stdout: JSON.stringify({ id: 'obj', appId: operationsClient }),
  },
  { match: '^rest --method GET .*/servicePrincipals\\?', stdout: '{"value":[]}' },
  { match: '^rest --method POST .*/servicePrincipals ', stdout: '{"id":"sp"}' },
  { match: '^rest --method GET .*appRoleAssignedTo', stdout: '{"value":[]}' },
];
