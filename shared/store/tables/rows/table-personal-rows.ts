import type { TransactionAction } from '@azure/data-tables';
import { ConcurrencyError, PermanentError } from '../../../kernel/errors';
import { isGuid, toUserId } from '../../../kernel/ids';
import type { UserId } from '../../../kernel/ids';
import { UserState, isGone, namesOf } from '../../../words/user-state';
import type { ForgottenUser, Forgotten, PersonalRows } from '../../ports/personal-rows';
import { mostOperations } from '../table-access';
import type { Row, TableAccess } from '../table-access';
import { hourOf } from '../table-times-store';
import { fromJsonProperties } from './json-property';
import { foldName, makeNameless } from './nameless-audit';
import type { OtherBearers } from './nameless-audit';
import { odataText, toRowKey } from './row-key';
import { rememberTables } from './remember-tables';

/**
 * How the rows of a user are found in each table. `own`: PartitionKey = the user's id. `keyed`: the id stands somewhere in
 * the keys. `named`: what people did, which stays; names in it are replaced. Anything else says why nothing is to be done.
 * A test compares this list with all tables.
 */
export const personalTables: Readonly<Record<string, 'own' | 'keyed' | 'named' | { readonly why: string }>> =
  {
    users: 'own',
    handling: 'own',
    failures: 'own',
    failuresByState: 'keyed',
    waiting: 'keyed',
    exceptions: 'keyed',
    attention: 'keyed',
    guards: 'keyed',
    rolloutMembers: 'keyed',
    times: 'keyed',
    setAside: 'keyed',
    audit: 'named',
    operations: { why: 'requests of operators; deleted after a week' },
    approvals: { why: 'requests of operators; deleted after a week' },
    answers: { why: 'answers to requests; deleted after a day' },
    plans: { why: 'previews; deleted after a day' },
    rollouts: { why: 'what was planned, by whom; its users stand in rolloutMembers' },
    cursors: { why: 'read positions; some ids of a census until the next one' },
    leases: { why: 'processes' },
    knowledge: { why: 'SKUs and service plans' },
    policies: { why: 'what the organization wrote' },
    control: { why: 'pauses' },
    samples: { why: 'counts' },
    counters: { why: 'counts' },
    levels: { why: 'counts' },
    quota: { why: 'counts' },
  };

const keysOnly = { select: ['PartitionKey', 'RowKey'] };
const timelines = `RowKey ge ${odataText('timeline|')} and RowKey lt ${odataText('timeline}')}`;
/** Users of whom everything is deleted before the time is looked at. */
const leastAtOnce = 50;

export class TablePersonalRows implements PersonalRows {
  readonly #access: (table: string) => TableAccess;

  constructor(access: (table: string) => TableAccess) {
    this.#access = rememberTables(access);
  }

  async forget(users: readonly ForgottenUser[], isOver: () => boolean = () => false): Promise<Forgotten> {
    const ids = new Set<string>(users.map(({ id }) => id));
    const rows: Record<string, number> = {};
    const count = (table: string, deleted: number) => {
      if (deleted > 0) rows[table] = (rows[table] ?? 0) + deleted;
    };
    const texts = await makeNameless(this.#access('audit'), users, await this.#borne(users));
    for (const [table, kind] of Object.entries(personalTables)) {
      if (kind !== 'keyed') continue;
      count(table, await deleteRows(this.#access(table), this.#keyed(table, ids)));
    }
    let forgotten = 0;
    for (const [index, user] of users.entries()) {
      const { id } = user;
      // Some each time, so that every run brings the work on.
      if (index > 0 && index % leastAtOnce === 0 && isOver()) break;
      if (await this.#isBack(user)) continue;
      for (const table of ownTables) count(table, await this.#deleteOwn(table, id));
      forgotten++;
    }
    return { users: forgotten, rows, texts };
  }

  /**
   * The directory has this user again since it was listed as a leaver, which is minutes ago where there are many: what was
   * granted to a user without a ledger would count as given by hand.
   */
  async #isBack({ id, missingSince }: ForgottenUser): Promise<boolean> {
    if (missingSince === undefined) return false;
    const row = await this.#access('users').get(id, 'state');
    if (row === undefined) return false;
    const state = readState(row);
    return state === undefined || !isGone(state) || state.missingSince !== missingSince;
  }

  /** The row that says that the user is gone goes last: a walk that stops before finds the user again. */
  async #deleteOwn(table: string, id: UserId): Promise<number> {
    const access = this.#access(table);
    const own = `PartitionKey eq ${odataText(id)}`;
    const early =
      table === 'users' ? await deleteRows(access, access.query(`${own} and ${timelines}`, keysOnly)) : 0;
    return early + (await deleteRows(access, access.query(own, keysOnly)));
  }

  /** Those of their names that another user bears. Reads the states of all users. */
  async #borne(leavers: readonly ForgottenUser[]): Promise<OtherBearers> {
    const names = new Set(leavers.flatMap((user) => user.names).map(foldName));
    const ids = new Set<string>(leavers.map(({ id }) => id));
    const borne = { present: new Set<string>(), left: new Set<string>() };
    if (names.size === 0) return borne;
    for await (const row of this.#access('users').query(`RowKey eq 'state'`)) {
      const state = ids.has(row.partitionKey ?? '') ? undefined : readState(row);
      if (state === undefined) continue;
      const bearers = isGone(state) ? borne.left : borne.present;
      for (const name of namesOf(state).map(foldName)) if (names.has(name)) bearers.add(name);
    }
    return borne;
  }

  async *#keyed(table: string, ids: ReadonlySet<string>): AsyncIterable<Row> {
    for await (const row of this.#access(table).query('', keysOnly)) {
      const keys = `${row.partitionKey ?? ''} ${row.rowKey ?? ''}`.toLowerCase();
      if ((keys.match(guids) ?? []).some((id) => ids.has(id))) yield row;
    }
  }

  async removeTimelines(part: number, before: number): Promise<number> {
    const access = this.#access('users');
    const old = `Timestamp lt datetime'${new Date(before).toISOString()}'`;
    return deleteRows(access, access.query(`${ofPart(part)} and ${timelines} and ${old}`, keysOnly));
  }

  async removeSamples(before: number): Promise<number> {
    const access = this.#access('times');
    return deleteRows(access, access.query(`PartitionKey lt ${odataText(hourOf(before))}`, keysOnly));
  }

  async removeMembers(rollout: string): Promise<number> {
    const access = this.#access('rolloutMembers');
    return deleteRows(access, access.query(`PartitionKey eq ${odataText(toRowKey(rollout))}`, keysOnly));
  }

  async *leavers(part: number, before: number): AsyncIterable<ForgottenUser> {
    const outside = `${ofPart(part)} and RowKey eq 'state' and outcome eq 'outOfScope'`;
    for await (const row of this.#access('users').query(outside)) {
      const state = isGuid(row.partitionKey) ? readState(row) : undefined;
      if (state === undefined || !isGone(state)) continue;
      if (state.missingSince !== null && state.missingSince < before)
        yield {
          id: toUserId(row.partitionKey ?? ''),
          names: namesOf(state),
          missingSince: state.missingSince,
        };
    }
  }
}

const ownTables = Object.entries(personalTables).flatMap(([table, kind]) => (kind === 'own' ? [table] : []));
// The users' own rows last.
ownTables.sort((a, b) => Number(a === 'users') - Number(b === 'users'));

const guids = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Ids that begin with this hexadecimal digit. */
function ofPart(part: number): string {
  const first = part.toString(16);
  // ':' sorts behind every digit, 'g' behind every letter of a hexadecimal number.
  const behind = part === 15 ? 'g' : part === 9 ? ':' : (part + 1).toString(16);
  return `PartitionKey ge ${odataText(first)} and PartitionKey lt ${odataText(behind)}`;
}

function readState(row: Row): UserState | undefined {
  try {
    return fromJsonProperties(row, UserState, 'the state of a user');
  } catch (error) {
    // Doctor names it, and until it is repaired nothing is known of the user.
    if (error instanceof PermanentError) return undefined;
    throw error;
  }
}

/** Deletes rows as they come, by transactions of one partition; how many were there. */
async function deleteRows(access: TableAccess, rows: AsyncIterable<Row>): Promise<number> {
  let deleted = 0;
  let keys: { readonly partitionKey: string; readonly rowKey: string }[] = [];
  const flush = async () => {
    const batch = keys;
    keys = [];
    deleted += await deleteBatch(access, batch);
  };
  for await (const { partitionKey = '', rowKey = '' } of rows) {
    if (keys[0] !== undefined && (keys[0].partitionKey !== partitionKey || keys.length >= mostOperations))
      await flush();
    keys.push({ partitionKey, rowKey });
  }
  await flush();
  return deleted;
}

async function deleteBatch(
  access: TableAccess,
  keys: readonly { readonly partitionKey: string; readonly rowKey: string }[],
): Promise<number> {
  try {
    await access.submit(keys.map((key): TransactionAction => ['delete', key]));
    return keys.length;
  } catch (error) {
    // One of them is gone, by another process or by a call whose answer was lost: one by one, that is no trouble.
    if (!(error instanceof ConcurrencyError)) throw error;
    let deleted = 0;
    for (const { partitionKey, rowKey } of keys)
      if (await access.remove(partitionKey, rowKey, '*')) deleted++;
    return deleted;
  }
}
