import { isDeepStrictEqual } from 'node:util';
import { toUserId } from '../../../kernel/ids';
import type { UserId } from '../../../kernel/ids';
import { Exception } from '../../../words/exception';
import type { UnreadableRowSink } from '../../ports/stored-rows';
import { RowCodec } from '../rows/row-codec';
import { odataText } from '../rows/row-key';
import type { TableAccess } from '../table-access';

export type UserException = { readonly userId: UserId; readonly exception: Exception };

const partitionKey = 'pin';

/** Table `exceptions`: copies of the rows `pin` of all users in one partition, so that a list of them reads nothing else. */
export class ExceptionIndex {
  readonly #table: TableAccess;
  readonly #rows: RowCodec<Exception>;

  constructor(table: TableAccess, unreadable: UnreadableRowSink) {
    this.#table = table;
    this.#rows = new RowCodec(table.name, Exception, unreadable);
  }

  async *list(): AsyncIterable<UserException> {
    for await (const row of this.#table.query(`PartitionKey eq ${odataText(partitionKey)}`)) {
      const exception = this.#rows.readIfUsable(row);
      if (exception !== undefined) yield { userId: toUserId(row.rowKey ?? ''), exception };
    }
  }

  /** Notes the exception of a user; null: there is none any more. */
  async put(userId: UserId, exception: Exception | null): Promise<void> {
    if (exception === null) {
      await this.#table.remove(partitionKey, userId, '*');
      return;
    }
    const json = this.#rows.toProperties(exception, `exception of ${userId}`);
    await this.#table.submit([['upsert', { partitionKey, rowKey: userId, ...json }, 'Replace']]);
  }

  /** Makes the index say what the users' rows say. `isThere`: whether a user has one now. */
  async repair(
    rows: AsyncIterable<UserException>,
    isThere: (userId: UserId) => Promise<boolean>,
  ): Promise<void> {
    const listed = new Map<UserId, Exception>();
    for await (const { userId, exception } of this.list()) listed.set(userId, exception);
    for await (const { userId, exception } of rows) {
      if (!isDeepStrictEqual(listed.get(userId), exception)) await this.put(userId, exception);
      listed.delete(userId);
    }
    // One that was made since the rows were read stays.
    for (const userId of listed.keys()) if (!(await isThere(userId))) await this.put(userId, null);
  }
}
