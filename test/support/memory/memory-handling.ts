import type { UserId } from '../../../shared/kernel/ids';
import type { HandlingNote, HandlingStore, InstanceRow } from '../../../shared/store/ports/handling-store';

/** The rows of HandlingStore, in memory; TableHandlingStore has its own tests. */
export function makeMemoryHandling(): HandlingStore & { calls: number } {
  const notes = new Map<UserId, HandlingNote[]>();
  const instances = new Map<string, InstanceRow>();
  const isSame = (a: HandlingNote, b: HandlingNote) => a.instance === b.instance && a.message === b.message;
  const store: HandlingStore & { calls: number } = {
    calls: 0,
    notes: async (userId) => {
      store.calls++;
      return [...(notes.get(userId) ?? [])];
    },
    begin: async (userId, note) => {
      store.calls++;
      notes.set(userId, [...(notes.get(userId) ?? []), note]);
    },
    forget: async (userId, gone) => {
      store.calls++;
      const kept = (notes.get(userId) ?? []).filter((one) => !gone.some((other) => isSame(one, other)));
      notes.set(userId, kept);
    },
    instances: async () => [...instances.values()],
    beat: async (row) => void instances.set(row.instance, row),
    forgetInstance: async (instance) => void instances.delete(instance),
  };
  return store;
}
