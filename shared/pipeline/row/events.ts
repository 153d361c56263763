import type { GraphErrorClass } from '../../words/reason-codes/graph-error-class';
import type { SkuId } from '../../kernel/ids';
import type { Decision, Operation } from '../../licensing/decision';
import type { Ledger } from '../../words/ledger';
import type { Exception } from '../../words/exception';
import type { TimelineEntry } from '../../words/timeline';
import type { HintSource } from '../../words/messages/hint-source';
import type { PauseOrigin } from '../../words/pause';
import type { License } from '../../words/license';
import type { Reason } from '../../words/reason';
import type { UserState } from '../../words/user-state';

/** What the machine changes: a user's state and ledger. */
export type Row = { readonly state: UserState | null; readonly ledger: Ledger };

/** What `next` needs of the world beside row and event: the time and one draw of chance. */
export type Moment = {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** From 0 to 1 without 1: spreads what must not come all at once. */
  readonly chance: number;
  /** A fresh id, for the token of a reconcile that is scheduled. */
  readonly id: string;
};

/** A hint, as far as the row is concerned. */
export type Heard = {
  readonly source: HintSource;
  /** Milliseconds; when the change was first reported to its sender. */
  readonly seenAt: number;
  /** Of a scheduled reconcile. */
  readonly token: string | undefined;
  /** Of the message that carried it. */
  readonly messageId: string;
  readonly isBulk: boolean;
};

/** What a fresh look at a user gave, as far as the row is concerned. */
export type Seen = {
  readonly decision: Omit<Decision, 'entitlement' | 'findings'>;
  /** Hash of everything that the decision looked at. */
  readonly digest: string;
  /** The ledger as it is true now: an interrupted write is settled by what the user holds. */
  readonly ledger: Ledger;
  /** What became of an interrupted write: it took effect, it did not, or there was none. */
  readonly interrupted: 'written' | 'notWritten' | null;
  /** The read showed the state before our own last write, which therefore stands in for it. */
  readonly isOverridden: boolean;
  /** The policy only observes: nothing is written. */
  readonly isObserving: boolean;
  /** The policy looks at groups, so memberships that follow a new user count. */
  readonly usesGroups: boolean;
  readonly userPrincipalName: string | null;
  readonly displayName: string | null;
  readonly usageLocation: string | null;
  readonly direct: readonly License[];
  /** All SKUs the user holds, direct or by a group. */
  readonly held: readonly SkuId[];
  /** SKUs of which a seat is reserved for the user; the decision counts on them. */
  readonly granted: readonly SkuId[];
  /** The operation in words; '' without one. */
  readonly operationText: string;
  /** Scope of the pause for which a part of the work is left; null: nothing is. */
  readonly leftFor: string | null;
  /** The running rollout that this look is of. */
  readonly rolloutId: string | null;
  /** Milliseconds; when the user was read. */
  readonly readAt: number;
};

/** What Graph answered instead of what was asked. */
export type Refusal = {
  readonly class: GraphErrorClass;
  readonly reason: Reason;
  readonly status: number;
  readonly graphCode: string;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
};

/** A scope that a refusal may pause, and when the same last worked for some user in this process. */
export type Suspect = {
  readonly scope: string;
  readonly origin: Exclude<PauseOrigin, 'operator'>;
  /** Milliseconds; undefined: not that this process knows. */
  readonly workedAt: number | undefined;
  /** Who sets the pause, where it is not the product as such. */
  readonly by?: string;
};

/** Everything that happens to a user. */
export type RowEvent =
  /** A hint has come. `isStillPaused`: the pause that the user is parked for is in force, and not to be probed yet. */
  | { readonly kind: 'hinted'; readonly heard: Heard; readonly isStillPaused: boolean }
  /** A look found nothing to write, or the policy only observes. */
  | {
      readonly kind: 'looked';
      readonly by: 'decide' | 'apply';
      readonly seen: Seen;
      /** undefined: apply looked. */
      readonly heard: Heard | undefined;
      /** Graph refused the write that is open in the row: it has not taken effect, and will not. */
      readonly isRefused: boolean;
      /** An operator, or the return of a dead letter, asked for this user by name. */
      readonly isAskedFor: boolean;
      readonly isBulk: boolean;
      readonly verifyAfterMs: number;
    }
  /** A look found something to write. The step says whether another worker is at it. */
  | {
      readonly kind: 'proposed';
      readonly by: 'decide' | 'apply';
      readonly seen: Seen;
      readonly heard: Heard | undefined;
      /** The open intent is of this very message, from an earlier round. */
      readonly isOwnIntent: boolean;
    }
  /** Its operation goes to the user's lane. `isProbe`: as the one that tries whether a pause can end. */
  | { readonly kind: 'decided'; readonly seen: Seen; readonly heard: Heard; readonly isProbe: boolean }
  /** A pause stops the work. `seen`: what was found to be written, where that is known. */
  | {
      readonly kind: 'paused';
      readonly scope: string;
      readonly why: Reason;
      readonly seenAt: number;
      readonly decided: { readonly seen: Seen; readonly heard: Heard } | undefined;
      readonly token: string | undefined;
    }
  /** Quota is in hand and the write begins. */
  | { readonly kind: 'intended'; readonly seen: Seen; readonly operation: Operation }
  /** Graph confirmed the write. */
  | {
      readonly kind: 'written';
      readonly seen: Seen;
      readonly operation: Operation;
      readonly isAskedFor: boolean;
      readonly isBulk: boolean;
      /** First look at whether it has reached the services, milliseconds after it; 0: never. */
      readonly verifyAfterMs: number;
    }
  /**
   * Graph confirmed a write whose worker finds the row changed since its intent: the message was delivered twice, or a
   * hint came in between. `startedAt`: of its intent.
   */
  | {
      readonly kind: 'writtenLate';
      readonly seen: Seen;
      readonly operation: Operation;
      readonly startedAt: number;
      readonly isBulk: boolean;
      readonly verifyAfterMs: number;
    }
  /** Graph refused the write. */
  | {
      readonly kind: 'writeRefused';
      readonly refusal: Refusal;
      readonly seen: Seen;
      readonly operation: Operation;
      /** How often this operation has met this refusal in the rounds of its message, counting this one. */
      readonly times: number;
      /** The same operation went unanswered in an earlier round: it may have taken effect. */
      readonly hasGoneUnanswered: boolean;
      /** Something is learnt from it, so deciding again comes to something else. */
      readonly isLesson: boolean;
      /** Something else is to be written than the SKU that the refusal is about. */
      readonly isRest: boolean;
      /** SKUs that the refusal is about; all of the operation's when it names none. */
      readonly skuIds: readonly SkuId[];
      /** undefined: no scope is to blame without doubt. */
      readonly suspect: Suspect | undefined;
    }
  /** Graph refused to show the user. */
  | {
      readonly kind: 'readRefused';
      readonly refusal: Refusal;
      readonly seenAt: number;
      readonly suspect: Suspect;
      readonly token: string | undefined;
    }
  /** Graph answers 404: not there yet, or not there any more. */
  | {
      readonly kind: 'missing';
      readonly seenAt: number;
      readonly token: string | undefined;
      /** Graph reported the user as deleted: it is no lag. */
      readonly isRemoved?: boolean;
      /** One of a crowd: looked at again at a slower pace, as made-up ids come in crowds. */
      readonly isBulk?: boolean;
    }
  /** The operation that the row waits for has ended without an outcome. */
  | { readonly kind: 'released' }
  /** The message in hand ends without a look at the user. `token`: its own, if it was scheduled. */
  | { readonly kind: 'dropped'; readonly token: string | undefined }
  /** The services were asked whether the write of `writtenAt` has reached them. */
  | {
      readonly kind: 'verified';
      readonly writtenAt: number;
      readonly verdict: 'inService' | 'pending';
      /** What is in service, or what is not; for people. */
      readonly text: string;
      readonly failure: Reason;
      readonly isBulk: boolean;
      readonly verifyAfterMs: number;
    }
  /** A person changed the user's exceptions; null: there are none any more. `text`: for the timeline. */
  | {
      readonly kind: 'exceptionChanged';
      readonly exception: Exception | null;
      readonly text: string;
      readonly facts: TimelineEntry['facts'];
    }
  /** Handling this user fails for ever: an operator must look. */
  | { readonly kind: 'gaveUp'; readonly class: string; readonly reason: Reason };

export type EventKind = RowEvent['kind'];
