import { randomUUID } from 'node:crypto';
import type { TenantLine } from '../tenant/tenant-line';
import type { GraphOptions } from '../start-graph';
import { readDataFile, writeDataFile } from './data-file';
import { openFileJournal } from './file-journal';

/**
 * Takes up the state in a data file, or begins one with `readTenant`, and writes it down without its history of
 * repeated lines.
 * @throws UserError
 */
export function openDataFile(
  path: string,
  readTenant: () => Iterable<TenantLine>,
): Pick<
  GraphOptions,
  'tenant' | 'epoch' | 'changes' | 'audits' | 'changedSettings' | 'writes' | 'subscriptions' | 'journal'
> {
  const found = readDataFile(path) ?? {
    tenant: [...readTenant()],
    epoch: undefined,
    changes: [],
    audits: [],
    changedSettings: {},
    writes: [],
    subscriptions: [],
  };
  // A new life of the change log makes older delta tokens void.
  const epoch = found.epoch ?? randomUUID();
  writeDataFile(path, [
    { type: 'epoch', epoch },
    ...found.tenant,
    ...found.changes.map((change) => ({ type: 'change', change })),
    ...found.audits.map((event) => ({ type: 'audit', event })),
    { type: 'settings', change: found.changedSettings },
    ...found.writes.map((entry) => ({ type: 'write', entry })),
    ...found.subscriptions.map((subscription) => ({ type: 'subscription', subscription })),
  ]);
  return { ...found, epoch, journal: openFileJournal(path) };
}
