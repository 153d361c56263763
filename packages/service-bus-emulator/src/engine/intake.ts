import { BrokerError } from './broker-error';
import type { NewMessage, StoredMessage } from './message';
import type { QueueState } from './queue-state';

const megabyte = 1_048_576;

/** What a message brings along when it comes from another queue. */
export type Origin = Partial<
  Pick<StoredMessage, 'enqueuedSequenceNumber' | 'enqueuedAt' | 'deliveryCount' | 'changed' | 'deadLetter'>
> & {
  /** It waited here until its time came. */
  readonly wasScheduled?: boolean;
};

/** Brings messages into a queue: sent, scheduled, moved. */
export class Intake {
  readonly #state: QueueState;
  readonly #onReady: (message: StoredMessage) => void;
  readonly #expireMessage: (message: StoredMessage) => void;
  readonly #forward: (message: StoredMessage) => boolean;
  readonly #keepsForever: boolean;

  constructor(
    state: QueueState,
    rules: {
      readonly onReady: (message: StoredMessage) => void;
      readonly expireMessage: (message: StoredMessage) => void;
      /** True: the message has been moved to another queue. */
      readonly forward: (message: StoredMessage) => boolean;
      /** Dead letters have no time to live. */
      readonly keepsForever: boolean;
    },
  ) {
    this.#state = state;
    this.#onReady = rules.onReady;
    this.#expireMessage = rules.expireMessage;
    this.#forward = rules.forward;
    this.#keepsForever = rules.keepsForever;
  }

  /**
   * Takes all messages or none (then it throws). Returns their sequence numbers; undefined for one that duplicate
   * detection dropped, which the sender sees as accepted.
   */
  accept(messages: readonly NewMessage[]): (number | undefined)[] {
    const state = this.#state;
    this.check(messages);
    return messages.map((message) => {
      if (this.#isDuplicate(message)) {
        state.totals.duplicates++;
        return undefined;
      }
      state.totals.sent++;
      return this.#enter(message, {}).sequenceNumber;
    });
  }

  /** @throws BrokerError when the queue cannot take these messages */
  check(messages: readonly NewMessage[]): void {
    const { settings, bytes } = this.#state;
    const { status } = settings;
    if (status === 'Disabled' || status === 'SendDisabled') {
      throw new BrokerError('entity-disabled', `The queue "${this.#state.name}" is disabled for sending`);
    }
    if (settings.requiresSession && messages.some((message) => message.sessionId === undefined)) {
      throw new BrokerError(
        'not-allowed',
        `The queue "${this.#state.name}" requires sessions: set the session id of every message`,
      );
    }
    const size = messages.reduce((sum, message) => sum + message.content.length, 0);
    const largest = messages.reduce((max, message) => Math.max(max, message.content.length), 0);
    if (largest > settings.maxMessageSizeBytes) {
      throw new BrokerError(
        'message-too-large',
        `A message of ${largest} bytes; the limit is ${settings.maxMessageSizeBytes}`,
      );
    }
    if (bytes + size > settings.maxSizeInMegabytes * megabyte) {
      throw new BrokerError(
        'quota-exceeded',
        `The queue "${this.#state.name}" is full (${settings.maxSizeInMegabytes} MB)`,
      );
    }
  }

  /** A message from another queue. */
  move(message: NewMessage, origin: Origin): StoredMessage {
    return this.#enter(message, origin);
  }

  /**
   * All or none.
   * @throws BrokerError message-not-found when a number is not that of a scheduled message
   */
  cancelScheduled(sequenceNumbers: readonly number[]): void {
    const messages = sequenceNumbers.map((number) => {
      const message = this.#state.messages.get(number);
      if (message?.state !== 'scheduled') {
        throw new BrokerError('message-not-found', `No scheduled message has sequence number ${number}`);
      }
      return message;
    });
    for (const message of new Set(messages)) {
      this.#state.remove(message);
      this.#state.totals.cancelled++;
    }
  }

  /** Timers and ready lists of a message that was read back from the journal. */
  restore(message: StoredMessage): void {
    if (message.state === 'scheduled') this.#arm(message);
    else if (message.state === 'active') this.#release(message);
  }

  #enter(message: NewMessage, origin: Origin): StoredMessage {
    const state = this.#state;
    const { now } = state;
    const { scheduledFor } = message;
    const isScheduled = scheduledFor !== undefined && scheduledFor > now;
    const sequenceNumber = state.sequence.next();
    // One that waits shows when it was sent, and its scheduled time once it has come.
    const enqueuedAt = origin.enqueuedAt ?? now;
    const timeToLiveMs = Math.min(message.timeToLiveMs ?? Infinity, state.settings.defaultTimeToLiveMs);
    const stored: StoredMessage = {
      content: message.content,
      messageId: message.messageId,
      sessionId: message.sessionId,
      partitionKey: message.partitionKey,
      timeToLiveMs,
      sequenceNumber,
      enqueuedSequenceNumber: origin.enqueuedSequenceNumber ?? sequenceNumber,
      enqueuedAt,
      expiresAt: this.#keepsForever ? Infinity : enqueuedAt + timeToLiveMs,
      scheduledFor: isScheduled || origin.wasScheduled ? scheduledFor : undefined,
      deadLetter: origin.deadLetter,
      state: isScheduled ? 'scheduled' : 'active',
      deliveryCount: origin.deliveryCount ?? 0,
      changed: origin.changed,
      lock: undefined,
      isReady: false,
      deadline: undefined,
    };
    state.insert(stored);
    if (isScheduled) {
      state.totals.scheduled++;
      this.#arm(stored);
    } else {
      this.#release(stored);
    }
    return stored;
  }

  #arm(message: StoredMessage): void {
    message.deadline = this.#state.env.deadlines.add(message.scheduledFor ?? 0, () => this.#onDue(message));
  }

  /** As Azure does, a message that is due goes to the end of the queue under a new number. */
  #onDue(message: StoredMessage): void {
    const { scheduledFor, enqueuedSequenceNumber } = message;
    this.#state.remove(message);
    const enqueuedAt = scheduledFor ?? this.#state.now;
    this.#enter(message, { enqueuedSequenceNumber, enqueuedAt, wasScheduled: true });
  }

  /** Lets an active message go its way: on to another queue, or to the consumers. */
  #release(message: StoredMessage): void {
    if (this.#forward(message)) return;
    if (message.expiresAt !== Infinity) {
      message.deadline = this.#state.env.deadlines.add(message.expiresAt, () => this.#expireMessage(message));
    }
    this.#state.makeReady(message);
    this.#onReady(message);
  }

  #isDuplicate({ messageId }: NewMessage): boolean {
    const { settings, duplicates, now, env, name } = this.#state;
    if (!settings.requiresDuplicateDetection) return false;
    if (duplicates.isDuplicate(messageId, now, settings.duplicateDetectionWindowMs)) return true;
    env.journal.seen(name, messageId, now);
    return false;
  }
}

/** A stored message as something to be taken in elsewhere, its age kept, its time to live as it was sent. */
export function toNew(message: StoredMessage): NewMessage {
  const { content, messageId, sessionId, partitionKey, timeToLiveMs } = message;
  return { content, messageId, sessionId, partitionKey, timeToLiveMs, scheduledFor: undefined };
}
