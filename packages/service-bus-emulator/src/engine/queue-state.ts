import type { Clock } from '../../../emulator-kit/src/clock';
import { zeroTotals } from './counters';
import type { QueueCounters } from './counters';
import type { Deadlines } from './deadlines';
import { DuplicateHistory } from './duplicate-history';
import type { Journal } from './journal';
import type { Lock, StoredMessage } from './message';
import { ReadyList } from './ready-list';
import type { SessionLock } from './session-table';
import { SessionTable } from './session-table';
import type { QueueSettings } from './settings';

/** What the queues of a broker share. */
export type Environment = {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly journal: Journal;
  /** 32 lower-case hex digits, never the same twice. */
  readonly newToken: () => string;
};

/** Numbers messages; a queue and its dead letters share one, so that numbers stay unique when messages move. */
export class SequenceNumbers {
  last = 0;

  next(): number {
    return ++this.last;
  }

  /** Never hand out this number or a lower one. */
  keepAbove(used: number): void {
    this.last = Math.max(this.last, used);
  }
}

/**
 * The messages of one queue (or of its dead letters) with the basic moves: in, out, ready, locked. Every move keeps the
 * journal, the counters and the timers right; the rules of when to make them are in the files beside this one.
 */
export class QueueState {
  readonly name: string;
  readonly env: Environment;
  readonly sequence: SequenceNumbers;
  /** The messages are the dead letters of a queue. */
  readonly isDeadLetters: boolean;
  readonly messages = new Map<number, StoredMessage>();
  readonly locks = new Map<string, StoredMessage>();
  readonly ready = new ReadyList();
  readonly sessions: SessionTable;
  readonly duplicates = new DuplicateHistory();
  readonly totals = zeroTotals();
  settings: QueueSettings;
  bytes = 0;
  createdAt: number;
  updatedAt: number;
  /** When a message was last sent, asked for or peeked at; undefined: never. */
  accessedAt: number | undefined;
  #scheduled = 0;
  #deferred = 0;

  constructor(
    name: string,
    settings: QueueSettings,
    env: Environment,
    rules: {
      readonly sequence: SequenceNumbers;
      readonly isDeadLetters: boolean;
      readonly onSessionExpired: (lock: SessionLock) => void;
    },
  ) {
    this.name = name;
    this.settings = settings;
    this.env = env;
    this.sequence = rules.sequence;
    this.isDeadLetters = rules.isDeadLetters;
    this.createdAt = this.updatedAt = env.clock.now();
    this.sessions = new SessionTable({
      deadlines: env.deadlines,
      now: () => env.clock.now(),
      lockDurationMs: () => this.settings.lockDurationMs,
      onExpired: rules.onSessionExpired,
    });
  }

  get now(): number {
    return this.env.clock.now();
  }

  insert(message: StoredMessage): void {
    this.messages.set(message.sequenceNumber, message);
    this.bytes += message.content.length;
    this.#count(message, 1);
    this.env.journal.put(this.name, message);
  }

  /** Takes a message out for good. */
  remove(message: StoredMessage): void {
    this.#unready(message);
    this.dropLock(message);
    this.env.deadlines.cancel(message.deadline);
    message.deadline = undefined;
    if (!this.messages.delete(message.sequenceNumber)) return;
    this.bytes -= message.content.length;
    this.#count(message, -1);
    this.env.journal.remove(this.name, message.sequenceNumber);
  }

  /** Changes state, delivery count or properties. */
  change(
    message: StoredMessage,
    change: Partial<Pick<StoredMessage, 'state' | 'deliveryCount' | 'changed'>>,
  ): void {
    this.#count(message, -1);
    Object.assign(message, change);
    this.#count(message, 1);
    this.env.journal.change(this.name, message);
  }

  /** Puts an active message where consumers find it. */
  makeReady(message: StoredMessage): void {
    if (!this.settings.requiresSession) {
      this.ready.add(message);
      return;
    }
    const session = this.sessions.sessionOf(message.sessionId ?? '');
    session.ready.add(message);
    this.sessions.offer(session);
  }

  lock(message: StoredMessage, session: SessionLock | undefined, onExpired: () => void): Lock {
    const until = session ? session.until : this.now + this.settings.lockDurationMs;
    const deadline = session ? undefined : this.env.deadlines.add(until, onExpired);
    const lock: Lock = { token: this.env.newToken(), until, deadline, session };
    message.lock = lock;
    this.locks.set(lock.token, message);
    session?.held.add(message);
    return lock;
  }

  dropLock(message: StoredMessage): void {
    const lock = message.lock;
    if (!lock) return;
    this.locks.delete(lock.token);
    this.env.deadlines.cancel(lock.deadline);
    lock.session?.held.delete(message);
    message.lock = undefined;
  }

  counters(deadLetterNow: number): QueueCounters {
    return {
      ...this.totals,
      active: this.messages.size - this.#scheduled - this.#deferred,
      locked: this.locks.size,
      scheduledNow: this.#scheduled,
      deferredNow: this.#deferred,
      deadLetterNow,
    };
  }

  #unready(message: StoredMessage): void {
    if (!message.isReady) return;
    if (!this.settings.requiresSession) {
      this.ready.remove(message);
      return;
    }
    const session = this.sessions.sessionOf(message.sessionId ?? '');
    session.ready.remove(message);
    this.sessions.offer(session);
  }

  #count(message: StoredMessage, by: 1 | -1): void {
    if (message.state === 'scheduled') this.#scheduled += by;
    else if (message.state === 'deferred') this.#deferred += by;
  }
}
