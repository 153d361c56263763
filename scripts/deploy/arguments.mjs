// The command line of scripts/deploy.mjs.
import { parseArgs } from 'node:util';

export const usage = `usage: scripts/deploy.sh --group GROUP --location REGION [options]   (PowerShell: scripts/deploy.ps1)

  --policy FILE            policy of the first start (default: policy/starter.yaml, which only observes)
  --alert-mail ADDRESS     gets a mail when users are not licensed; may be repeated
  --operator ID[:KIND]     object id of a User, Group or ServicePrincipal who operates; may be repeated (default: you)
  --permissions MODE       license-only (default) or full, see docs/permissions.md
  --notifications          Graph calls the app when a user changes
  --operations-api         register the operations API and open it to the operators
  --name NAME              prefix of the names, when a group holds several (default: licenser)
  --memory MB              512, 2048 (default) or 4096 for an instance
  --always-ready N         instances of decide and of apply that never sleep (default: 1)
  --storage-sku SKU        Standard_ZRS (default), Standard_LRS, Standard_GRS, Standard_GZRS
  --private-network        private endpoints only, Service Bus Premium
  --zone-redundant         instances in several zones
  --no-lock                no lock on the ledger's storage account
  --what-if                only show what would change
  --no-look                no doctor and no plan at the end
  --no-graph               nothing is asked of Graph, for a pipeline without rights in the tenant: the permissions
                           were granted before, and there is no doctor and no plan
  --retry-seconds N        pause between tries while rights come into force (default: 30)

What is not given stays as the last deployment had it.
`;

/**
 * @param {readonly string[]} args
 * @returns what was asked for; `asked` by parameter of infra/main.bicep
 * @throws {TypeError} an unknown option or a missing one; the message says which
 */
export function readArguments(args) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      group: { type: 'string' },
      location: { type: 'string' },
      policy: { type: 'string' },
      'alert-mail': { type: 'string', multiple: true },
      operator: { type: 'string', multiple: true, default: [] },
      permissions: { type: 'string' },
      notifications: { type: 'boolean' },
      'operations-api': { type: 'boolean', default: false },
      name: { type: 'string' },
      memory: { type: 'string' },
      'always-ready': { type: 'string' },
      'storage-sku': { type: 'string' },
      'private-network': { type: 'boolean' },
      'zone-redundant': { type: 'boolean' },
      'no-lock': { type: 'boolean' },
      'what-if': { type: 'boolean', default: false },
      'no-graph': { type: 'boolean', default: false },
      'no-look': { type: 'boolean', default: false },
      'retry-seconds': { type: 'string', default: '30' },
    },
  });
  for (const needed of ['group', 'location'])
    if (!values[needed]) throw new TypeError(`--${needed} is missing`);
  const retrySeconds = Number(values['retry-seconds']);
  if (!(retrySeconds >= 0)) throw new TypeError('--retry-seconds must be a number');
  return {
    group: values.group,
    location: values.location,
    policy: values.policy,
    operators: values.operator,
    wantsOperationsApi: values['operations-api'],
    isWhatIf: values['what-if'],
    mayLook: !values['no-look'] && !values['no-graph'],
    mayGrant: !values['no-graph'],
    pauseMs: retrySeconds * 1_000,
    asked: {
      name: values.name,
      permissions: values.permissions,
      notifications: values.notifications,
      alertEmails: values['alert-mail'],
      instanceMemoryMB: values.memory,
      alwaysReadyInstances: values['always-ready'],
      storageSku: values['storage-sku'],
      privateNetwork: values['private-network'],
      zoneRedundant: values['zone-redundant'],
      lockLedger: values['no-lock'] ? false : undefined,
    },
  };
}
