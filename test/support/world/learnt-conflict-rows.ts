import type { LearntConflictStore } from '../../../shared/store/ports/learnt-conflict-store';
import type { StoredLearntConflict } from '../../../shared/words/learnt-conflict';

/** The rows of LearntConflictStore, in an array; TableLearntConflictStore has its own tests. */
export function makeLearntConflictRows(): LearntConflictStore {
  let rows: readonly StoredLearntConflict[] = [];
  const keyOf = (rule: Parameters<LearntConflictStore['forget']>[0]) =>
    JSON.stringify(
      rule.kind === 'conflict'
        ? [...rule.plans].sort()
        : rule.kind === 'dependency'
          ? [rule.plan, ...rule.anyOf]
          : rule.skuId,
    );
  return {
    learn: async (rule) => {
      if (rows.some((row) => keyOf(row) === keyOf(rule))) return false;
      rows = [...rows, rule];
      return true;
    },
    list: async () => rows,
    forget: async (rule) => {
      rows = rows.filter((row) => keyOf(row) !== keyOf(rule));
    },
  };
}
