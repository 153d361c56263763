import type { UserId } from '../../kernel/ids';

/** A user whose rows are to go, and the names that stood for this user in what people wrote. */
export type ForgottenUser = {
  readonly id: UserId;
  readonly names: readonly string[];
  /** Since when the directory does not know the user, milliseconds; absent: not known. A name may mean another one since. */
  readonly missingSince?: number | undefined;
};

/** What was deleted or made nameless. */
export type Forgotten = {
  /** Users of whom everything is deleted. */
  readonly users: number;
  /** Deleted rows by table; tables without any are left out. */
  readonly rows: Readonly<Record<string, number>>;
  /** Entries of the audit in which a name was replaced. */
  readonly texts: number;
};

/** Into so many parts the users' rows are divided, by the first digit of the id, so that a long walk can stop and go on. */
export const partsOfUsers = 16;

/** What the tables hold of people, and deleting it. Every method bears repeating: what is gone already counts for nothing. */
export interface PersonalRows {
  /**
   * Deletes every row of these users in every table, the users' own last, so that one who was begun is found again. The
   * audit keeps what was done, by the user's id alone. Reads the keys of some tables as a whole: better many users at once.
   * A user whose `missingSince` the row does not have any more came back, and loses neither state nor ledger.
   * `isOver`: whether to leave the users' own rows to another call, which finds these users again; asked after each 50.
   */
  forget(users: readonly ForgottenUser[], isOver?: () => boolean): Promise<Forgotten>;
  /** Deletes the rows of timelines of one part (0 to 15) that were written before this time, milliseconds; how many. */
  removeTimelines(part: number, before: number): Promise<number>;
  /** Deletes samples of the time to a license of before this time, milliseconds; how many. */
  removeSamples(before: number): Promise<number>;
  /** Deletes what a rollout noted of each of its users; how many. */
  removeMembers(rollout: string): Promise<number>;
  /** Users of one part whom the directory has not known since before this time, milliseconds. */
  leavers(part: number, before: number): AsyncIterable<ForgottenUser>;
}
