import { z } from 'zod';
import { ConcurrencyError } from '../../kernel/errors';
import { toServicePlanId } from '../../kernel/ids';
import { fromJsonProperties, toJsonProperties } from './json-property';
import type {
  LearntConflictStore,
  LearntConflict,
  StoredLearntConflict,
} from '../ports/learnt-conflict-store';
import { odataText, toRowKey } from './row-key';
import type { TableAccess } from './table-access';

const Plan = z.guid().transform(toServicePlanId);
const evidence = { learntAt: z.number(), text: z.string(), requestId: z.string().nullable() };

const Rule: z.ZodType<StoredLearntConflict> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('conflict'), plans: z.tuple([Plan, Plan]), ...evidence }),
  z.object({ kind: z.literal('dependency'), plan: Plan, anyOf: z.array(Plan), ...evidence }),
]);

const partitionKey = 'rule';

/** Table `knowledge`: one row a rule, all in one partition (there are few); the row's key is the rule itself. */
export class TableLearntConflictStore implements LearntConflictStore {
  readonly #table: TableAccess;

  constructor(table: TableAccess) {
    this.#table = table;
  }

  async learn(rule: StoredLearntConflict): Promise<boolean> {
    try {
      const rowKey = keyOf(rule);
      await this.#table.write({ partitionKey, rowKey, ...toJsonProperties(rule, 'a learnt rule') }, null);
      return true;
    } catch (error) {
      if (error instanceof ConcurrencyError) return false;
      throw error;
    }
  }

  async list(): Promise<readonly StoredLearntConflict[]> {
    const rules: StoredLearntConflict[] = [];
    for await (const row of this.#table.query(`PartitionKey eq ${odataText(partitionKey)}`)) {
      rules.push(fromJsonProperties(row, Rule, `knowledge ${row.rowKey}`));
    }
    return rules.sort((a, b) => a.learntAt - b.learntAt);
  }

  async forget(rule: LearntConflict): Promise<void> {
    await this.#table.remove(partitionKey, keyOf(rule), '*');
  }
}

/** The same for the same rule, whatever the order of its plans. */
function keyOf(rule: LearntConflict): string {
  const plans =
    rule.kind === 'conflict' ? [...rule.plans].sort() : [rule.plan, 'needs', ...[...rule.anyOf].sort()];
  return toRowKey(`${rule.kind}|${plans.join('|')}`);
}
