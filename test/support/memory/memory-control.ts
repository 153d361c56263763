import type { ControlStore } from '../../../shared/store/ports/control-store';
import type { Pause } from '../../../shared/words/pause';

/** The rows of ControlStore, in memory; TableControlStore has its own tests. */
export function makeMemoryControl(): ControlStore {
  let rows: readonly Pause[] = [];
  const successes = new Map<string, number>();
  return {
    pauses: async () => rows,
    scopeOf: () => undefined,
    pause: async (pause) => {
      if (rows.some(({ scope }) => scope === pause.scope)) return false;
      rows = [...rows, pause];
      return true;
    },
    resume: async (scope, origin) => {
      const before = rows.length;
      rows = rows.filter((row) => row.scope !== scope || (origin !== undefined && row.origin !== origin));
      return rows.length < before;
    },
    takeProbe: async (scope, at, everyMs) => {
      const due = rows.find(
        (row) => row.scope === scope && Math.abs(at - (row.probedAt ?? row.at)) >= everyMs,
      );
      rows = rows.map((row) => (row === due ? { ...row, probedAt: at } : row));
      return due !== undefined;
    },
    noteSuccess: async (scope, at) => {
      successes.set(scope, Math.max(at, successes.get(scope) ?? at));
    },
    lastSuccess: async (scope) => successes.get(scope),
  };
}
