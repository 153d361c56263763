#!/usr/bin/env node
// Lists who has a role of an operator and is no longer among the operators of the last deployment, and takes it away.
//   former-operators.mjs --group GROUP [--name NAME] only lists
//   former-operators.mjs --group GROUP --remove     takes the roles away; the role Operator of the operations API stays
//                                                   when the registration serves apps of other groups, too
//     --shared-role                                 takes it away all the same, and so for those apps
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
      'shared-role': { type: 'boolean', default: false },
      'retry-seconds': { type: 'string', default: '30' },
    },
  });
  if (!values.group)
    throw new TypeError('usage: former-operators.mjs --group GROUP [--name NAME] [--remove [--shared-role]]');
  return values;
}

async function main() {
  const options = readOptions();
  const { group, name, remove, 'shared-role': takesSharedRole, 'retry-seconds': retrySeconds } = options;
  const patience = { pauseMs: Number(retrySeconds) * 1_000, say, sleep };
  const { former, storageAccountName, otherApps } = await findFormerOperators(group, name, patience);
  if (former.length === 0) return say('No one has a role of an operator who is not an operator.');
  for (const { principalId, name, role, on } of former)
    say(`${principalId} ${name ? `(${name}) ` : ''}has ${role} on ${on}`);
  const isKept = ({ remove: way }) => way.graph !== undefined && otherApps.length > 0 && !takesSharedRole;
  if (former.some(isKept)) {
    say('Operator on the operations API stays: people may have it for other apps of the same registration:');
    for (const app of otherApps) say(`  ${app}`);
    say('Look at who operates those. --remove --shared-role takes it away for all of them.');
  }
  if (!remove) return say('Nothing was removed: --remove takes these roles away.');

  const taken = former.filter((one) => !isKept(one));
  const ids = taken.flatMap(({ remove: { roleAssignment } }) => roleAssignment ?? []);
  const removeAssignments = async () => {
    for (const id of ids) az(['role', 'assignment', 'delete', '--ids', id]);
  };
  if (ids.some((id) => id.includes('/storageAccounts/')))
    await withoutLedgerLock({ group, account: storageAccountName, say }, removeAssignments);
  else await removeAssignments();
  for (const { remove: way } of taken)
    if (way.graph !== undefined) await callGraph('DELETE', way.graph, undefined, patience);
  say(`${taken.length} removed.`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof AzureRefused) && !(error instanceof TypeError)) throw error;
  process.stderr.write(`former-operators: ${error.message}\n`);
  process.exitCode = error instanceof AzureRefused ? 1 : 2;
}
