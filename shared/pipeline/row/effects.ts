import type { SkuId } from '../../kernel/ids';
import type { SentOperation } from '../../words/messages/sent-operation';
import type { Exception } from '../../words/exception';
import type { HintSource } from '../../words/messages/hint-source';
import type { PauseOrigin } from '../../words/pause';
import type { Reason } from '../../words/reason';
import type { TimelineEntry } from '../../words/timeline';
import type { Cause } from './agenda/causes';
import type { Row } from './events';

/**
 * What is to be done besides storing the row. Effects of the first group come before the row is stored: a commit
 * that loses leaves a message that a later one supersedes, and the other order could leave a row whose message was
 * never sent. Those of the second group come after it: they act on what the row then says.
 */
export type EffectBefore =
  /** The message of the reconcile that the row names as its next. */
  | { readonly kind: 'schedule'; readonly token: string; readonly at: number }
  /** The hint in hand once more, later. */
  | { readonly kind: 'resend'; readonly at: number }
  /** A look at whether the write of this time has reached the services. */
  | { readonly kind: 'verify'; readonly writtenAt: number; readonly at: number; readonly isBulk: boolean }
  /** The user has an outcome again: open failures are settled. */
  | { readonly kind: 'closeFailures' }
  /** Graph would refuse any user this: the scope is paused. */
  | {
      readonly kind: 'pause';
      readonly scope: string;
      readonly origin: Exclude<PauseOrigin, 'operator'>;
      readonly reason: string;
      /** undefined: the product as such. */
      readonly by: string | undefined;
    }
  /** Graph had no seat: reservations of these SKUs do not count for a while. */
  | { readonly kind: 'voidSeats'; readonly skuIds: readonly SkuId[] }
  /** Graph asks all writers to wait. */
  | { readonly kind: 'backOff'; readonly retryAfterMs: number | undefined }
  /** Graph refused a license for a usage location that had just been set. */
  | { readonly kind: 'noteLocationLag' }
  | { readonly kind: 'leaveAllLists' };

export type EffectAfter =
  | {
      readonly kind: 'sendOperation';
      readonly isBulk: boolean;
      readonly operation: SentOperation;
    }
  /** A look at the user now. */
  | { readonly kind: 'look'; readonly source: HintSource }
  /** Off the waiting lists of `skuIds`, save those of `staying`. */
  | { readonly kind: 'leaveLists'; readonly skuIds: readonly SkuId[]; readonly staying: readonly SkuId[] }
  /** Seats that the write used and freed. */
  | {
      readonly kind: 'noteSeats';
      readonly used: readonly SkuId[];
      readonly freed: readonly SkuId[];
      readonly granted: readonly SkuId[];
    };

/** How the handling of a message ends. Log line, failure row and what the handler does follow from it (perform.ts). */
export type Result =
  /** `note`: what the log says of it. */
  | { readonly kind: 'done'; readonly note?: 'superseded' | 'needsOperator' }
  /** Start over at once with fresh reads. `isAttempt` false: it does not count as one. */
  | { readonly kind: 'again'; readonly isAttempt: boolean }
  /** The user is looked at again at this time for this cause. `failure`: it is a failure already. */
  | { readonly kind: 'at'; readonly at: number; readonly cause: Cause; readonly failure?: FailureFacts }
  /** The user waits for a pause of this scope to end. */
  | { readonly kind: 'park'; readonly scope: string }
  /** Only an operator's action helps. */
  | ({ readonly kind: 'giveUp' } & FailureFacts)
  /** Refused for good as the user is now: a changed user is tried again. */
  | { readonly kind: 'block'; readonly reason: Reason };

export type FailureFacts = {
  readonly class: string;
  readonly reason: Reason;
  readonly requestId?: string | undefined;
};

/** What follows from an event. `row` is the same object when nothing is to be stored. */
export type Step = {
  readonly row: Row;
  /** null: none any more; undefined: as they are. */
  readonly exception?: Exception | null;
  readonly timeline: readonly TimelineEntry[];
  readonly before: readonly EffectBefore[];
  readonly after: readonly EffectAfter[];
  /** undefined: the handler goes on. */
  readonly result: Result | undefined;
};

/** A step that stores nothing and does nothing but end, or go on (undefined). */
export function only(row: Row, result: Result | undefined, before: readonly EffectBefore[] = []): Step {
  return { row, timeline: [], before, after: [], result };
}
