// What an administrator chooses, from where it comes, and how infra/main.bicepparam reads it.
import { AzureRefused, tryAz } from './az.mjs';

const text = { write: String, read: String };
const list = { write: JSON.stringify, read: JSON.parse };
const yesNo = { write: String, read: (value) => value === 'true' };

/** Each is a parameter of infra/main.bicep; `env` is what infra/main.bicepparam reads. */
export const choices = [
  { parameter: 'name', env: 'LICENSER_NAME', ...text },
  { parameter: 'permissions', env: 'LICENSER_PERMISSIONS', ...text },
  { parameter: 'notifications', env: 'LICENSER_NOTIFICATIONS', ...yesNo },
  { parameter: 'alertEmails', env: 'LICENSER_ALERT_EMAILS', ...list },
  { parameter: 'operators', env: 'LICENSER_OPERATORS', ...list },
  { parameter: 'operationsClientId', env: 'LICENSER_OPS_CLIENT_ID', ...text },
  { parameter: 'instanceMemoryMB', env: 'LICENSER_INSTANCE_MEMORY_MB', ...text },
  { parameter: 'alwaysReadyInstances', env: 'LICENSER_ALWAYS_READY', ...text },
  { parameter: 'storageSku', env: 'LICENSER_STORAGE_SKU', ...text },
  { parameter: 'lockLedger', env: 'LICENSER_LOCK_LEDGER', ...yesNo },
  { parameter: 'privateNetwork', env: 'LICENSER_PRIVATE_NETWORK', ...yesNo },
  { parameter: 'zoneRedundant', env: 'LICENSER_ZONE_REDUNDANT', ...yesNo },
];

/** The deployment's name: its parameters are what a later one starts from. */
export const deploymentName = 'main';

/**
 * @returns {{ parameters: Record<string, unknown>, isComplete: boolean }} the parameters of the last deployment to this
 *   group, {} when there was none, and whether it went through
 * @throws {AzureRefused} whether there was one is not known
 */
export function previousChoices(group) {
  const { ok, stdout, stderr } = tryAz([
    ...['deployment', 'group', 'show'],
    ...['--resource-group', group],
    ...['--name', deploymentName],
    ...['--query', 'properties.{state: provisioningState, parameters: parameters}'],
    ...['--output', 'json'],
  ]);
  // Anything else than its absence must not pass for a first deployment: it would set back what was chosen before.
  if (!ok && !/(?:Deployment|ResourceGroup)NotFound/.test(stderr)) {
    throw new AzureRefused(`az deployment group show: ${stderr || 'failed without a message'}`);
  }
  if (!ok || stdout === '') return { parameters: {}, isComplete: false };
  const { state, parameters } = JSON.parse(stdout);
  return {
    parameters: Object.fromEntries(
      Object.entries(parameters ?? {}).map(([name, parameter]) => [name, parameter.value]),
    ),
    isComplete: state === 'Succeeded',
  };
}

/**
 * What was asked for now, else what the shell says, else what the last deployment had. What none of them names has the
 * default of infra/main.bicepparam.
 *
 * @param {Record<string, unknown>} asked by parameter; undefined: not asked for
 * @param {Record<string, unknown>} previous by parameter
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, unknown>} by parameter
 */
export function mergeChoices(asked, previous, env) {
  return Object.fromEntries(
    choices.flatMap(({ parameter, env: variable, read }) => {
      const inShell = env[variable] ? read(env[variable]) : undefined;
      const value = asked[parameter] ?? inShell ?? previous[parameter];
      return value === undefined || value === null ? [] : [[parameter, value]];
    }),
  );
}

/** @returns {Record<string, string>} the environment in which `az` reads infra/main.bicepparam */
export const toEnvironment = (chosen) =>
  Object.fromEntries(
    choices.flatMap(({ parameter, env, write }) =>
      chosen[parameter] === undefined ? [] : [[env, write(chosen[parameter])]],
    ),
  );
