import type { Clock } from '../../kernel/clock';
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

const maxAgeMs = 5_000;

export function makeLearntConflictSource(store: LearntConflictStore, clock: Clock): LearntConflictSource {
  let reading: { readonly at: number; readonly knowledge: Promise<LearntConflicts> } | undefined;
  let last: { readonly key: string; readonly knowledge: LearntConflicts } | undefined;
  const read = async () => {
    const rules = await store.list();
    const key = JSON.stringify(rules);
    if (last?.key !== key) {
      last = { key, knowledge: mergeConflicts(microsoftConflicts, toKnowledge(rules)) };
    }
    return last.knowledge;
  };
  return {
    current() {
      const now = clock.now();
      if (reading === undefined || now - reading.at >= maxAgeMs) {
        const mine = { at: now, knowledge: read() };
        reading = mine;
        mine.knowledge.catch(() => {
          if (reading === mine) reading = undefined;
        });
      }
      return reading.knowledge;
    },
    async learn(rules) {
      const isNew = await Promise.all(rules.map((rule) => store.learn(rule)));
      // Known to the table is not yet known to this process.
      reading = undefined;
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
  };
}
