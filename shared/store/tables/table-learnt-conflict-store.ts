import { ConcurrencyError } from '../../kernel/errors';
import { RowCodec } from './rows/row-codec';
import type { LearntConflictStore } from '../ports/learnt-conflict-store';
import { odataText, toRowKey } from './rows/row-key';
import type { TableAccess } from './table-access';
import type { UnreadableRowSink } from '../ports/stored-rows';
import { StoredLearntConflict } from '../../words/learnt-conflict';
import type { LearntConflict } from '../../words/learnt-conflict';

const partitionKey = 'rule';

/** Table `knowledge`: one row a rule, all in one partition (there are few); the row's key is the rule itself. */
export class TableLearntConflictStore implements LearntConflictStore {
  readonly #table: TableAccess;
  readonly #rules: RowCodec<StoredLearntConflict>;

  constructor(table: TableAccess, unreadable: UnreadableRowSink) {
    this.#table = table;
    this.#rules = new RowCodec(table.name, StoredLearntConflict, unreadable);
  }

  async learn(rule: StoredLearntConflict): Promise<boolean> {
    try {
      const rowKey = keyOf(rule);
      await this.#table.write(
        { partitionKey, rowKey, ...this.#rules.toProperties(rule, 'a learnt rule') },
        null,
      );
      return true;
    } catch (error) {
      if (error instanceof ConcurrencyError) return false;
      throw error;
    }
  }

  async list(): Promise<readonly StoredLearntConflict[]> {
    const rules: StoredLearntConflict[] = [];
    for await (const row of this.#table.query(`PartitionKey eq ${odataText(partitionKey)}`)) {
      const rule = this.#rules.readIfUsable(row);
      if (rule !== undefined) rules.push(rule);
    }
    return rules.sort((a, b) => a.learntAt - b.learntAt);
  }

  async forget(rule: LearntConflict): Promise<void> {
    await this.#table.remove(partitionKey, keyOf(rule), '*');
  }
}

/** The same for the same rule, whatever the order of its plans. */
function keyOf(rule: LearntConflict): string {
  if (rule.kind === 'unassignable') return toRowKey(`${rule.kind}|${rule.skuId}`);
  const plans =
    rule.kind === 'conflict' ? [...rule.plans].sort() : [rule.plan, 'needs', ...[...rule.anyOf].sort()];
  return toRowKey(`${rule.kind}|${plans.join('|')}`);
}
