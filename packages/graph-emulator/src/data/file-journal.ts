import { closeSync, openSync, writeSync } from 'node:fs';
import { storedEvent } from '../engine/history/audit-log';
import { exportGroup, exportSku, exportUser } from '../engine/export-tenant';
import type { Journal } from '../engine/history/journal';

export type FileJournal = Journal & { close(): void };

/**
 * Appends every commit to a data file as a line, synchronously: what has been answered survives the end of the
 * process.
 */
export function openFileJournal(path: string): FileJournal {
  const file = openSync(path, 'a', 0o600);
  const write = (line: object) => {
    writeSync(file, `${JSON.stringify(line)}\n`);
  };
  return {
    user: (user) => write(user.isGone ? { type: 'gone', id: user.id } : exportUser(user)),
    group: (group) => write(group.deletedAt === null ? exportGroup(group) : { type: 'gone', id: group.id }),
    members: (group, memberIds) =>
      write({
        type: 'members',
        groupId: group.id,
        add: memberIds.filter((id) => group.memberIds.has(id)),
        remove: memberIds.filter((id) => !group.memberIds.has(id)),
      }),
    sku: (sku) => write(exportSku(sku)),
    change: (change) => write({ type: 'change', change }),
    audit: (event) => write({ type: 'audit', event: storedEvent(event) }),
    write: (entry) => write({ type: 'write', entry }),
    answered: (seq) => write({ type: 'answered', seq }),
    settings: (change) => write({ type: 'settings', change }),
    subscription: (subscription) => write({ type: 'subscription', subscription }),
    subscriptionGone: (id) => write({ type: 'subscriptionGone', id }),
    close: () => closeSync(file),
  };
}
