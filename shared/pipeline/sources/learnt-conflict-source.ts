import type { Clock } from '../../kernel/clock';
import { remember } from '../../kernel/remembered';
import { timing } from '../../kernel/timing';
import type { LearntConflicts } from '../../licensing/decision';
import { mergeConflicts, microsoftConflicts } from '../../licensing/service-plans/known-conflicts';
import type { LearntConflictStore } from '../../store/ports/learnt-conflict-store';
import type { LearntConflict, StoredLearntConflict } from '../../words/learnt-conflict';

/** Which plans exclude or need one another: as Microsoft publishes it, and as Graph's refusals taught. */
export interface LearntConflictSource {
  /** At most 5 s old; the same object as long as nothing was learnt. */
  current(): Promise<LearntConflicts>;
  /** True: at least one of these was new. The next call of `current` knows them. */
  learn(rules: readonly StoredLearntConflict[]): Promise<boolean>;
}

/** A LearntConflictSource over `store`. */
export function makeLearntConflictSource(store: LearntConflictStore, clock: Clock): LearntConflictSource {
  let last: { readonly key: string; readonly knowledge: LearntConflicts } | undefined;
  const read = async () => {
    const rules = await store.list();
    const key = JSON.stringify(rules);
    if (last?.key !== key) {
      last = { key, knowledge: mergeConflicts(microsoftConflicts, toKnowledge(rules)) };
    }
    return last.knowledge;
  };
  const remembered = remember(read, { clock, maxAgeMs: timing.sources.learntConflicts.ms });
  return {
    current: () => remembered.current(),
    async learn(rules) {
      const isNew = await Promise.all(rules.map((rule) => store.learn(rule)));
      // Known to the table is not yet known to this process.
      remembered.forget();
      return isNew.includes(true);
    },
  };
}

function toKnowledge(rules: readonly LearntConflict[]): LearntConflicts {
  return {
    conflicts: rules.flatMap((rule) => (rule.kind === 'conflict' ? [rule.plans] : [])),
    dependencies: rules.flatMap((rule) =>
      rule.kind === 'dependency' ? [{ plan: rule.plan, anyOf: rule.anyOf }] : [],
    ),
    unassignable: rules.flatMap((rule) => (rule.kind === 'unassignable' ? [rule.skuId] : [])),
  };
}
