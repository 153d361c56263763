// What must be true before the first resource is made.
import { AzureRefused, az, tryAz } from './az.mjs';

/** Resource providers of infra/. https://learn.microsoft.com/azure/azure-resource-manager/management/azure-services-resource-providers */
export const providers = [
  'Microsoft.App',
  'Microsoft.Insights',
  'Microsoft.KeyVault',
  'Microsoft.ManagedIdentity',
  'Microsoft.Network',
  'Microsoft.OperationalInsights',
  'Microsoft.EventGrid',
  'Microsoft.EventHub',
  'Microsoft.ServiceBus',
  'Microsoft.Storage',
  'Microsoft.Web',
];

/** @returns {{ id: string, name: string, tenantId: string, user: string, userType: string }} */
export function readAccount() {
  const { ok, stdout } = tryAz(['account', 'show', '--output', 'json']);
  if (!ok)
    throw new AzureRefused(
      'You are not signed in. Run "az login", and "az account set" for another subscription.',
    );
  const { id, name, tenantId, user } = JSON.parse(stdout);
  return { id, name, tenantId, user: user.name, userType: user.type };
}

const firstLine = (text) => text.split('\n')[0];
/** Azure writes a region in both ways: West Europe, westeurope. */
export const plainRegion = (region) => region.toLowerCase().replaceAll(' ', '');

/**
 * Who has rights on the resource group alone may not ask: then the deployment itself tells.
 * @throws {AzureRefused} Flex Consumption is not offered there
 */
export function checkRegion(location, say) {
  const { ok, stdout, stderr } = tryAz([
    ...['functionapp', 'list-flexconsumption-locations'],
    ...['--output', 'json'],
  ]);
  if (!ok) return say(`  not checked whether ${location} offers Flex Consumption: ${firstLine(stderr)}`);
  const offered = JSON.parse(stdout).map(({ name }) => plainRegion(name));
  if (!offered.includes(plainRegion(location))) {
    throw new AzureRefused(
      `${location} does not offer Flex Consumption. These do: ${[...offered].sort().join(', ')}`,
    );
  }
}

/** Registers the providers that the subscription lacks; that takes a right on the subscription, and minutes. */
export function registerProviders(say) {
  for (const namespace of providers) {
    const { ok, stdout, stderr } = tryAz([
      'provider',
      'show',
      ...['--namespace', namespace],
      ...['--query', 'registrationState'],
      ...['--output', 'tsv'],
    ]);
    if (!ok) {
      say(`  not checked whether ${namespace} is registered: ${firstLine(stderr)}`);
      continue;
    }
    if (stdout === 'Registered') continue;
    say(`  registering ${namespace}`);
    az(['provider', 'register', '--namespace', namespace, '--wait']);
  }
}

/** Makes the group if there is none. */
export function ensureGroup(group, location, say) {
  if (az(['group', 'exists', '--name', group]) === 'true') return;
  say(`  making the resource group ${group} in ${location}`);
  az(['group', 'create', '--name', group, '--location', location, '--output', 'none']);
}

/**
 * Who operates, as infra/main.bicep takes it: those who were named, else the person who deploys.
 *
 * @param {readonly string[]} named `OBJECTID` or `OBJECTID:User|Group|ServicePrincipal`; one that is named twice is one
 * @param {string} userType of the account: user or servicePrincipal
 */
export function chooseOperators(named, userType) {
  const kinds = ['User', 'Group', 'ServicePrincipal'];
  const operators = named.map((text) => {
    const [objectId = '', kind = 'User'] = text.split(':');
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(objectId) || !kinds.includes(kind)) {
      throw new AzureRefused(
        `--operator ${text}: write OBJECTID:User, OBJECTID:Group or OBJECTID:ServicePrincipal`,
      );
    }
    // Names of role assignments come from the id, and Azure takes no second assignment of a role under another name.
    return { objectId: objectId.toLowerCase(), kind };
  });
  const once = [...new Map(operators.map((operator) => [operator.objectId, operator])).values()];
  if (once.length > 0 || userType !== 'user') return once;
  const objectId = az(['ad', 'signed-in-user', 'show', '--query', 'id', '--output', 'tsv']);
  return [{ objectId, kind: 'User' }];
}
