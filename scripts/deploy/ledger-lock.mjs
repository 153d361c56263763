// The lock on the ledger's storage account: while it is there, no role assignment of the account can be taken away either.
// https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources#considerations-before-applying-your-locks
import { az, azJson } from './az.mjs';

const lockName = 'keep-the-ledger';
const notes =
  'Its tables are the record of what the licenser granted. docs/deploy.md says how to remove everything.';

/**
 * Runs `work` without the lock, and puts the lock back, whatever becomes of the work. Without a lock it only runs.
 *
 * @param {{ group: string, account: string, say: (text: string) => void }} options account: of the storage
 * @param {() => Promise<void>} work
 * @throws {AzureRefused} the lock cannot be taken off or put back: then the message of the second says so
 */
export async function withoutLedgerLock({ group, account, say }, work) {
  const where = [
    ...['--resource-group', group],
    ...['--resource-name', account],
    ...['--resource-type', 'Microsoft.Storage/storageAccounts'],
  ];
  const locks = azJson(['lock', 'list', ...where]) ?? [];
  if (!locks.some(({ name }) => name === lockName)) return work();
  say(`  the lock ${lockName} is off until the roles are removed`);
  az(['lock', 'delete', '--name', lockName, ...where]);
  try {
    await work();
  } finally {
    az(['lock', 'create', '--name', lockName, '--lock-type', 'CanNotDelete', '--notes', notes, ...where]);
    say(`  the lock ${lockName} is on again`);
  }
}
