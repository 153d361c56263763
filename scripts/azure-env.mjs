#!/usr/bin/env node
// Prints what an operator's shell needs for `licenser … --target azure`, and the names of the resources for `az`:
//   Bash:        eval "$(node scripts/azure-env.mjs --group GROUP [--name NAME])"
//   PowerShell:  node scripts/azure-env.mjs --group GROUP --shell powershell | Out-String | Invoke-Expression
import { parseArgs } from 'node:util';
import { AzureRefused, azJson } from './deploy/az.mjs';
import { plainOutputs, shellEnvironment, shellLines } from './deploy/environment.mjs';
import { deploymentOf } from './deploy/merge-choices.mjs';

try {
  const { values } = parseArgs({
    options: {
      group: { type: 'string' },
      name: { type: 'string' },
      shell: { type: 'string', default: 'bash' },
    },
  });
  if (!values.group || !['bash', 'powershell'].includes(values.shell)) {
    throw new TypeError('usage: azure-env.mjs --group GROUP [--name NAME] [--shell bash|powershell]');
  }
  const outputs = azJson([
    ...['deployment', 'group', 'show'],
    ...['--resource-group', values.group],
    ...['--name', deploymentOf(values.group, values.name)],
    ...['--query', 'properties.outputs'],
  ]);
  process.stdout.write(
    `${shellLines(shellEnvironment(values.group, plainOutputs(outputs)), values.shell)}\n`,
  );
} catch (error) {
  if (!(error instanceof AzureRefused) && !(error instanceof TypeError)) throw error;
  process.stderr.write(`azure-env: ${error.message}\n`);
  process.exitCode = error instanceof AzureRefused ? 1 : 2;
}
