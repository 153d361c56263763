import { randomUUID } from 'node:crypto';
import type { TenantLine } from '../tenant/tenant-line';
import type { GraphOptions } from '../start-graph';
import { readDataFile } from './data-file';
import type { Remembered } from './data-file';
import { openFileJournal } from './file-journal';
import { replaceByLines } from '../../../emulator-kit/src/line-file';

/**
 * Takes up the state in a data file, or begins one with `readTenant`, and writes it down without its history of
 * repeated lines.
 * @param kept audit events, writes, and changes, that stay: the newest; left out: 100,000, of changes 250,000
 * @throws UserError
 */
export function openDataFile(
  path: string,
  readTenant: () => Iterable<TenantLine>,
  kept?: number,
): Pick<
  GraphOptions,
  'tenant' | 'epoch' | 'changes' | 'audits' | 'changedSettings' | 'writes' | 'subscriptions' | 'journal'
> {
  const found = readDataFile(path, kept) ?? {
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
  replaceByLines(path, linesOf({ ...found, epoch }));
  return { ...found, epoch, journal: openFileJournal(path) };
}

/** One by one: together they may be too many for memory. */
function* linesOf(state: Remembered): Generator<object> {
  yield { type: 'epoch', epoch: state.epoch };
  yield* state.tenant;
  for (const change of state.changes) yield { type: 'change', change };
  for (const event of state.audits) yield { type: 'audit', event };
  yield { type: 'settings', change: state.changedSettings };
  for (const entry of state.writes) yield { type: 'write', entry };
  for (const subscription of state.subscriptions) yield { type: 'subscription', subscription };
}
