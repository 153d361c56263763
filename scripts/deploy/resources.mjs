// The resources of infra/, and what of them a later step needs.
import { join } from 'node:path';
import { az, azJson } from './az.mjs';
import { toEnvironment } from './merge-choices.mjs';
import { plainOutputs } from './environment.mjs';

/**
 * @param {string} root the project
 * @param {{ group: string, deployment: string, leavesLock?: boolean }} place the group, and the deployment's name; leavesLock:
 *   who deploys may make no lock, whatever is chosen
 * @param {Record<string, unknown>} chosen by parameter
 * @param {Record<string, string>} secrets variables of infra/main.bicepparam that are kept nowhere else
 */
const command = (root, verb, { group, deployment, leavesLock = false }, chosen, secrets) => [
  [
    ...['deployment', 'group', verb],
    ...['--resource-group', group],
    ...['--name', deployment],
    ...['--parameters', join(root, 'infra', 'main.bicepparam')],
  ],
  // azd's hook has the variable in its environment; here the app is there.
  {
    env: {
      ...toEnvironment(chosen),
      ...(leavesLock ? { LICENSER_LEAVE_LOCK: 'true' } : {}),
      ...{ LICENSER_APP_IS_NEW: 'false', ...secrets },
    },
  },
];

/**
 * @returns {Record<string, string>} the outputs of infra/main.bicep
 * @throws {AzureRefused}
 */
export function makeResources(root, place, chosen, secrets = {}) {
  const [args, options] = command(root, 'create', place, chosen, secrets);
  return plainOutputs(azJson([...args, '--query', 'properties.outputs'], options));
}

/**
 * @returns {string} what would change; a right to read is enough, and to ask (docs/deploy.md)
 * @throws {AzureRefused}
 */
export function foreseeResources(root, place, chosen) {
  const [args, options] = command(root, 'what-if', place, chosen, {});
  return az([...args, '--validation-level', 'ProviderNoRbac'], options);
}

/** @returns {string} the function key that Graph's calls carry; the same each time until it is deleted */
export function makeNotificationKey(group, app) {
  return az([
    ...['functionapp', 'function', 'keys', 'set'],
    ...['--resource-group', group],
    ...['--name', app],
    ...['--function-name', 'graph-notification'],
    ...['--key-name', 'graph'],
    ...['--query', 'value'],
    ...['--output', 'tsv'],
  ]);
}
