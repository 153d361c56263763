// What Azure does not change in resources that are there. A deployment that asks for it would end in the middle, with a
// message of one resource; here it is refused before.
import { azJson } from './az.mjs';
import { WrongChoice } from './merge-choices.mjs';
import { plainRegion } from './prepare.mjs';

/** Defaults of infra/main.bicep. */
const defaults = { name: 'licenser', privateNetwork: false, networkAddressPrefix: '10.90.0.0/23' };

/** How infra/main.bicep names what an environment has, after its name; all of it is in one region. */
const namedResources = [
  ['Microsoft.ServiceBus/namespaces', /^-bus-[a-z0-9]{13}$/],
  ['Microsoft.Web/sites', /^-[a-z0-9]{13}$/],
  ['Microsoft.Web/serverfarms', /^-plan$/],
  ['Microsoft.ManagedIdentity/userAssignedIdentities', /^-identity$/],
  ['Microsoft.OperationalInsights/workspaces', /^-logs$/],
  ['Microsoft.Insights/components', /^-insights$/],
  ['Microsoft.Network/virtualNetworks', /^-network$/],
];

/**
 * What the resources of an environment were made with: a deployment that went through tells it. After one that failed, or was
 * cut off, its parameters are only what was asked for, so the resources themselves are looked at.
 *
 * @typedef {{ location?: string, privateNetwork?: boolean, networkAddressPrefix?: string }} Standing undefined: not known, or
 *   not made
 * @param {string} group
 * @param {{ parameters: Record<string, unknown>, isComplete: boolean, wasTried: boolean }} previous
 * @returns {Standing | undefined} undefined: nothing is there
 * @throws {AzureRefused} the resources cannot be listed
 */
export function readStanding(group, { parameters, isComplete, wasTried }) {
  if (!wasTried) return undefined;
  if (isComplete) {
    return {
      location: parameters.location || undefined,
      privateNetwork: parameters.privateNetwork ?? defaults.privateNetwork,
      networkAddressPrefix: parameters.networkAddressPrefix ?? defaults.networkAddressPrefix,
    };
  }
  const name = parameters.name ?? defaults.name;
  const query = '[].{name: name, type: type, location: location, sku: sku.name}';
  const own = (azJson(['resource', 'list', '--resource-group', group, '--query', query]) ?? []).filter(
    (resource) =>
      resource.name.startsWith(name) &&
      namedResources.some(
        ([type, rest]) =>
          resource.type.toLowerCase() === type.toLowerCase() && rest.test(resource.name.slice(name.length)),
      ),
  );
  if (own.length === 0) return undefined;
  const ofType = (type) => own.find((resource) => resource.type.toLowerCase() === type.toLowerCase());
  const bus = ofType('Microsoft.ServiceBus/namespaces');
  const network = ofType('Microsoft.Network/virtualNetworks');
  return {
    location: own[0].location,
    privateNetwork: bus === undefined ? undefined : bus.sku === 'Premium',
    networkAddressPrefix: network === undefined ? undefined : addressesOf(group, network),
  };
}

function addressesOf(group, { name, type }) {
  const where = ['--resource-group', group, '--resource-type', type, '--name', name];
  return azJson(['resource', 'show', ...where, '--query', 'properties.addressSpace.addressPrefixes[0]']);
}

/**
 * The region of the resources: where they are, or what is asked for while there are none.
 *
 * @param {string} location what is asked for
 * @param {Standing | undefined} standing
 * @returns {string | undefined} undefined: where the template has put them, which the last deployment does not tell
 * @throws {WrongChoice} they are in another one
 */
export function chooseRegion(location, standing) {
  if (standing === undefined) return location;
  const known = standing.location;
  if (known !== undefined && plainRegion(known) !== plainRegion(location))
    throw new WrongChoice(
      `--location ${location}: the resources are in ${known}, and none of them can be moved. Say --location ${known}, or deploy a ` +
        'new environment beside them (--name)',
    );
  return known;
}

/** Parameter, whether Azure refuses the change, and why. */
const fixed = [
  {
    parameter: 'privateNetwork',
    isRefused: (before, now) => before !== now,
    // https://learn.microsoft.com/azure/service-bus-messaging/service-bus-migrate-standard-premium
    why: '--private-network: Service Bus does not go from Standard to Premium, or back, in its namespace',
  },
  {
    parameter: 'networkAddressPrefix',
    isRefused: (before, now, chosen) => chosen.privateNetwork === true && before !== now,
    why: '--network: the addresses of a network that is in use cannot be changed',
  },
];

/**
 * @param {Record<string, unknown>} chosen
 * @param {Standing | undefined} standing
 * @throws {WrongChoice} Azure would refuse it
 */
export function refuseFixedChanges(chosen, standing) {
  for (const { parameter, isRefused, why } of fixed) {
    const before = standing?.[parameter];
    const now = chosen[parameter] ?? defaults[parameter];
    if (before !== undefined && isRefused(before, now, chosen))
      throw new WrongChoice(`${why}. Deploy a new environment beside this one (--name), and remove this one`);
  }
}
