import type { Logger } from '../kernel/logger';
import type { Hint } from '../queue/messages';

/** What belongs to the message (or the run of a timer) in hand, and to nothing else in the process. */
export type Task = {
  /** Writes the lines of this invocation. */
  readonly logger: Logger;
  /** W3C traceparent that the messages sent meanwhile carry on; undefined: there is no trace. */
  readonly trace?: string | undefined;
  /** Who asked for the reconcile in hand, or for the one that sent the operation in hand. */
  readonly source?: Hint['source'] | undefined;
  /** The message came as one of many: reconciles that follow from it are bulk work too. */
  readonly isBulk?: boolean;
  /** The rollout that the message is of: reconciles that follow from it are too. */
  readonly rolloutId?: string | undefined;
};
