import type { Clock } from '../../kernel/clock';
import type { PlanKnowledge } from '../../licensing/decision';
import { mergeKnowledge, microsoftPlanKnowledge } from '../../licensing/service-plans/known-conflicts';
import type { KnowledgeStore, LearntRule, StoredLearntRule } from '../../store/ports/learnt-conflict-store';

/** Which plans exclude or need one another: as Microsoft publishes it, and as Graph's refusals taught. */
export interface KnowledgeSource {
  /** At most 5 s old; the same object as long as nothing was learnt. */
  current(): Promise<PlanKnowledge>;
  /** True: at least one of these was new. The next call of `current` knows them. */
  learn(rules: readonly StoredLearntRule[]): Promise<boolean>;
}

const maxAgeMs = 5_000;

export function makeKnowledgeSource(store: KnowledgeStore, clock: Clock): KnowledgeSource {
  let reading: { readonly at: number; readonly knowledge: Promise<PlanKnowledge> } | undefined;
  let last: { readonly key: string; readonly knowledge: PlanKnowledge } | undefined;
  const read = async () => {
    const rules = await store.list();
    const key = JSON.stringify(rules);
    if (last?.key !== key) {
      last = { key, knowledge: mergeKnowledge(microsoftPlanKnowledge, toKnowledge(rules)) };
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

function toKnowledge(rules: readonly LearntRule[]): PlanKnowledge {
  return {
    conflicts: rules.flatMap((rule) => (rule.kind === 'conflict' ? [rule.plans] : [])),
    dependencies: rules.flatMap((rule) =>
      rule.kind === 'dependency' ? [{ plan: rule.plan, anyOf: rule.anyOf }] : [],
    ),
  };
}
