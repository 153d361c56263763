import type { Pause, PauseOrigin } from '../../words/pause';

/** What is paused, by scope, and when a scope last worked. */
export interface ControlStore {
  /** Every pause in force; a handful of rows at most. */
  pauses(): Promise<readonly Pause[]>;
  /** Sets the pause of a scope; one that is there already and can be read stays as it is (true: it is new). */
  pause(pause: Pause): Promise<boolean>;
  /** The scope that a row of the table names by its key, whatever else it holds; undefined: no pause's row. */
  scopeOf(row: { readonly partitionKey: string; readonly rowKey: string }): string | undefined;
  /** True: there was one. `origin`: only a pause of this origin. */
  resume(scope: string, origin?: PauseOrigin): Promise<boolean>;
  /** Takes the right to probe this pause; false: another process probed within the last `everyMs`. */
  takeProbe(scope: string, at: number, everyMs: number): Promise<boolean>;
  /** This scope has just worked for a user; an earlier time than the stored one changes nothing. */
  noteSuccess(scope: string, at: number): Promise<void>;
  /** When the scope last worked, milliseconds; undefined: never noted. */
  lastSuccess(scope: string): Promise<number | undefined>;
}
