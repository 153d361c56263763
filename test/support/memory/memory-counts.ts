import { timing } from '../../../shared/kernel/timing';
import type { AttentionStore } from '../../../shared/store/ports/ops/attention-store';
import type { CounterRow, CounterStore } from '../../../shared/store/ports/ops/counter-store';
import type { KeptLook } from '../../../shared/store/ports/ops/kept-look';
import type { PlanStore, StoredPlan } from '../../../shared/store/ports/ops/plan-store';
import type { Attention, AttentionKind } from '../../../shared/store/ports/ops/attention';

/** Rows of counters in a list; TableCounterStore has its own tests. */
export function makeMemoryCounters(): CounterStore & { readonly rows: CounterRow[] } {
  const rows: CounterRow[] = [];
  let look: KeptLook | undefined;
  const later = (after: number) => rows.filter(({ at }) => at > after).sort((a, b) => a.at - b.at);
  const names = new Set<string>();
  return {
    rows,
    add: async ({ at, process, counts }) => {
      const name = `${String(at)} ${process}`;
      if (!names.has(name)) rows.push({ at, counts });
      names.add(name);
    },
    list: async function* (after) {
      yield* later(after);
    },
    listWithLook: async (after) => ({ look, rows: later(after) }),
    keepLook: async (next) => {
      const ahead = look === undefined ? -Infinity : look.at - next.at;
      if (ahead < 0 || ahead > timing.ops.lookKept.ms) look = structuredClone(next);
    },
    removeUntil: async (at) => {
      rows.splice(0, rows.length, ...rows.filter((row) => row.at > at));
    },
  };
}

/** The index of users who are not done, in maps; TableAttentionStore has its own tests. */
export function makeMemoryAttention(): AttentionStore {
  const kinds = new Map<AttentionKind, Map<string, Attention>>();
  const ofKind = (kind: AttentionKind) => {
    const known = kinds.get(kind) ?? new Map<string, Attention>();
    kinds.set(kind, known);
    return known;
  };
  return {
    put: async (kind, entry) => void ofKind(kind).set(entry.userId, entry),
    remove: async (kind, userId) => void ofKind(kind).delete(userId),
    list: async function* (kind, { after = '', limit = Infinity } = {}) {
      const ids = [...ofKind(kind).keys()].sort().filter((id) => id > after);
      for (const id of ids.slice(0, limit)) yield ofKind(kind).get(id) as Attention;
    },
    places: async function* (kind) {
      for (const id of [...ofKind(kind).keys()].sort()) {
        const { userId, since } = ofKind(kind).get(id) as Attention;
        yield { userId, since };
      }
    },
  };
}

/** Plans in a map; TablePlanStore has its own tests. */
export function makeMemoryPlans(): PlanStore {
  const plans = new Map<string, { readonly plan: StoredPlan; readonly lines: readonly unknown[] }>();
  return {
    save: async (plan, lines) => void plans.set(plan.id, { plan, lines }),
    read: async (id) => plans.get(id)?.plan,
    lines: async (id, from, limit) => plans.get(id)?.lines.slice(from, from + limit) ?? [],
    removeBefore: async (at) => {
      for (const [id, { plan }] of plans) if (plan.at < at) plans.delete(id);
    },
  };
}
