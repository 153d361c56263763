// The outputs of a deployment, and what of them an operator's shell needs.

/** Settings of the CLI with --target azure; infra/main.bicep has an output of each name. */
export const cliSettings = [
  'ServiceBusConnection__fullyQualifiedNamespace',
  'LICENSER_TENANT_ID',
  'LICENSER_TABLES_ENDPOINT',
  'LICENSER_OPS_URL',
  'LICENSER_OPS_CLIENT_ID',
];

/** @returns {Record<string, string>} outputs as Azure Resource Manager gives them, by name */
export const plainOutputs = (outputs) =>
  Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));

/** @returns {Record<string, string>} what is set; the operations API is left out while there is none */
export const cliEnvironment = (outputs) =>
  Object.fromEntries(cliSettings.flatMap((name) => (outputs[name] ? [[name, outputs[name]]] : [])));

/** @returns {string} lines that a shell evaluates; values come from Azure and are quoted all the same */
export function shellLines(environment, shell) {
  const quoted = (value) =>
    shell === 'powershell' ? `'${value.replaceAll("'", "''")}'` : `'${value.replaceAll("'", `'\\''`)}'`;
  return Object.entries(environment)
    .map(([name, value]) =>
      shell === 'powershell' ? `$env:${name} = ${quoted(value)}` : `export ${name}=${quoted(value)}`,
    )
    .join('\n');
}
