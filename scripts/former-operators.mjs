#!/usr/bin/env node
// Lists who has a role of an operator and is no longer among the operators of the last deployment, and takes it away.
//   former-operators.mjs --group GROUP [--name NAME] only lists
//   former-operators.mjs --group GROUP --remove     takes the roles away
//   exit 0: listed or taken away, 1: refused, 2: wrong usage
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { AzureRefused, az } from './deploy/az.mjs';
import { findFormerOperators } from './deploy/former-operators.mjs';
import { callGraph } from './deploy/graph.mjs';
import { withoutLedgerLock } from './deploy/ledger-lock.mjs';

const say = (text) => process.stdout.write(`${text}\n`);

function readOptions() {
  const { values } = parseArgs({
    options: {
      group: { type: 'string' },
      name: { type: 'string' },
      remove: { type: 'boolean', default: false },
      'retry-seconds': { type: 'string', default: '30' },
    },
  });
  if (!values.group)
    throw new TypeError('usage: former-operators.mjs --group GROUP [--name NAME] [--remove]');
  return values;
}

async function main() {
  const { group, name, remove, 'retry-seconds': retrySeconds } = readOptions();
  const patience = { pauseMs: Number(retrySeconds) * 1_000, say, sleep };
  const { former, storageAccountName } = await findFormerOperators(group, name, patience);
  if (former.length === 0) return say('No one has a role of an operator who is not an operator.');
  for (const { principalId, name, role, on } of former)
    say(`${principalId} ${name ? `(${name}) ` : ''}has ${role} on ${on}`);
  if (!remove) return say('Nothing was removed: --remove takes these roles away.');

  const ids = former.flatMap(({ remove: { roleAssignment } }) => roleAssignment ?? []);
  const removeAssignments = async () => {
    for (const id of ids) az(['role', 'assignment', 'delete', '--ids', id]);
  };
  if (ids.some((id) => id.includes('/storageAccounts/')))
    await withoutLedgerLock({ group, account: storageAccountName, say }, removeAssignments);
  else await removeAssignments();
  for (const { remove: way } of former)
    if (way.graph !== undefined) await callGraph('DELETE', way.graph, undefined, patience);
  say(`${former.length} removed.`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof AzureRefused) && !(error instanceof TypeError)) throw error;
  process.stderr.write(`former-operators: ${error.message}\n`);
  process.exitCode = error instanceof AzureRefused ? 1 : 2;
}
