// The outputs of a deployment, and what of them an operator's shell needs.
import { AzureRefused } from './az.mjs';

/** Settings of the CLI with --target azure; infra/main.bicep has an output of each name. */
export const cliSettings = [
  'ServiceBusConnection__fullyQualifiedNamespace',
  'LICENSER_TENANT_ID',
  'LICENSER_TABLES_ENDPOINT',
  'LICENSER_OPS_URL',
  'LICENSER_OPS_CLIENT_ID',
];

/**
 * @returns {Record<string, string>} outputs as Azure Resource Manager gives them, by name
 * @throws {AzureRefused} there are none: a deployment that failed has no outputs
 */
export function plainOutputs(outputs) {
  if (outputs === null || outputs === undefined)
    throw new AzureRefused('The last deployment has no outputs: it failed. Repeat scripts/deploy.sh first');
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}

/**
 * @returns {Record<string, string | undefined>} undefined: this environment has none (the operations API is not
 *   registered), and that of another environment, which the shell may have, must not take its place
 */
export const cliEnvironment = (outputs) =>
  Object.fromEntries(cliSettings.map((name) => [name, outputs[name] || undefined]));

/** Names of resources that commands of docs/deploy.md take: variable of the shell -> output of infra/main.bicep. */
const resourceNames = {
  LICENSER_APP: 'functionAppName',
  LICENSER_STORAGE_ACCOUNT: 'storageAccountName',
  LICENSER_VAULT: 'keyVaultName',
};

/**
 * @returns {Record<string, string | undefined>} what an operator's shell gets: the CLI's settings, and names for `az`.
 *   undefined: the shell must lose what it has
 */
export const shellEnvironment = (group, outputs) => ({
  ...cliEnvironment(outputs),
  LICENSER_GROUP: group,
  ...Object.fromEntries(
    Object.entries(resourceNames).map(([name, output]) => [name, outputs[output] || undefined]),
  ),
});

/** @returns {string} lines that a shell evaluates; values come from Azure and are quoted all the same */
export function shellLines(environment, shell) {
  const quoted = (value) =>
    shell === 'powershell' ? `'${value.replaceAll("'", "''")}'` : `'${value.replaceAll("'", `'\\''`)}'`;
  const set = (name, value) =>
    shell === 'powershell' ? `$env:${name} = ${quoted(value)}` : `export ${name}=${quoted(value)}`;
  const remove = (name) =>
    shell === 'powershell' ? `Remove-Item Env:${name} -ErrorAction Ignore` : `unset ${name}`;
  return Object.entries(environment)
    .map(([name, value]) => (value === undefined ? remove(name) : set(name, value)))
    .join('\n');
}
