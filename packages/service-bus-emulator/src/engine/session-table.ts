import { BrokerError } from './broker-error';
import type { Deadline, Deadlines } from './deadlines';
import type { SessionHold } from './message';
import { ReadyList } from './ready-list';

/** Who holds a session: a link of a connection. */
export interface SessionOwner {
  readonly connection: object;
  readonly linkName: string;
  /** The lock ended without the owner's doing. */
  onLost(error: BrokerError): void;
}

/** The lock on a session, and the messages that are held under it. */
export type SessionLock = SessionHold & {
  readonly session: Session;
  readonly owner: SessionOwner;
  until: number;
  deadline: Deadline | undefined;
  isLost: boolean;
};

/** One session of a queue: its messages, its state, and the lock on it. */
export class Session {
  readonly id: string;
  readonly ready = new ReadyList();
  state: Uint8Array | null = null;
  stateUpdatedAt = 0;
  lock: SessionLock | undefined;

  constructor(id: string) {
    this.id = id;
  }
}

/** Session ids that differ only in case name the same session (https://github.com/Azure/azure-sdk-for-java/pull/48759). */
export function sessionKey(id: string): string {
  return id.toLowerCase();
}

type Waiter = {
  readonly owner: SessionOwner;
  readonly onAccepted: (lock: SessionLock) => void;
  readonly deadline: Deadline;
};

/**
 * The sessions of a queue. Those with messages and without an owner stand in line (`#available`), so that the next one
 * is found at once however many there are; one that is released with messages left goes to the end of the line.
 */
export class SessionTable {
  readonly #sessions = new Map<string, Session>();
  readonly #available = new Set<Session>();
  readonly #waiters = new Set<Waiter>();
  readonly #deadlines: Deadlines;
  readonly #now: () => number;
  readonly #lockDurationMs: () => number;
  readonly #onExpired: (lock: SessionLock) => void;

  constructor(options: {
    readonly deadlines: Deadlines;
    readonly now: () => number;
    readonly lockDurationMs: () => number;
    /** Gets a lock that ran out, already released, with what it held. */
    readonly onExpired: (lock: SessionLock) => void;
  }) {
    this.#deadlines = options.deadlines;
    this.#now = options.now;
    this.#lockDurationMs = options.lockDurationMs;
    this.#onExpired = options.onExpired;
  }

  get all(): Iterable<Session> {
    return this.#sessions.values();
  }

  find(id: string): Session | undefined {
    return this.#sessions.get(sessionKey(id));
  }

  sessionOf(id: string): Session {
    let session = this.find(id);
    if (!session) {
      session = new Session(id);
      this.#sessions.set(sessionKey(id), session);
    }
    return session;
  }

  /** A named session, whether it has messages or not. */
  accept(id: string, owner: SessionOwner): SessionLock {
    this.#deadlines.runDue();
    const session = this.sessionOf(id);
    if (session.lock) {
      throw new BrokerError('session-cannot-be-locked', `The session "${id}" is locked by another receiver`);
    }
    return this.#lock(session, owner);
  }

  /** The next session with messages, now or within `waitMs`. Returns how to stop waiting. */
  acceptNext(
    owner: SessionOwner,
    waitMs: number,
    onAccepted: (lock: SessionLock) => void,
    onTimeout: () => void,
  ): () => void {
    this.#deadlines.runDue();
    const [next] = this.#available;
    if (next) {
      onAccepted(this.#lock(next, owner));
      return () => undefined;
    }
    const deadline = this.#deadlines.add(this.#now() + waitMs, () => {
      this.#waiters.delete(waiter);
      onTimeout();
    });
    const waiter: Waiter = { owner, onAccepted, deadline };
    this.#waiters.add(waiter);
    return () => {
      this.#deadlines.cancel(deadline);
      this.#waiters.delete(waiter);
    };
  }

  /** Call after a session got a message, or lost its owner. */
  offer(session: Session): void {
    if (session.lock || session.ready.size === 0) {
      this.#available.delete(session);
      this.#prune(session);
      return;
    }
    const [waiter] = this.#waiters;
    if (waiter) {
      this.#waiters.delete(waiter);
      this.#deadlines.cancel(waiter.deadline);
      waiter.onAccepted(this.#lock(session, waiter.owner));
    } else {
      this.#available.add(session);
    }
  }

  renew(lock: SessionLock): number {
    lock.until = this.#now() + this.#lockDurationMs();
    for (const message of lock.held) if (message.lock) message.lock.until = lock.until;
    this.#deadlines.cancel(lock.deadline);
    lock.deadline = this.#deadlines.add(lock.until, () => this.#expire(lock));
    return lock.until;
  }

  /** Ends a lock. The caller returns what it held, then offers the session again. */
  release(lock: SessionLock): void {
    lock.isLost = true;
    this.#deadlines.cancel(lock.deadline);
    if (lock.session.lock === lock) lock.session.lock = undefined;
  }

  /** The lock on a session, if it is alive and held by that connection. */
  heldBy(id: string, connection: object): SessionLock {
    this.#deadlines.runDue();
    const lock = this.find(id)?.lock;
    if (lock?.owner.connection !== connection) {
      throw new BrokerError('session-lock-lost', `The lock on the session "${id}" has been lost`);
    }
    return lock;
  }

  /** For a queue that is being deleted. */
  close(error: BrokerError): void {
    for (const session of this.#sessions.values()) {
      const lock = session.lock;
      if (!lock) continue;
      this.release(lock);
      lock.owner.onLost(error);
    }
    for (const waiter of this.#waiters) {
      this.#deadlines.cancel(waiter.deadline);
      waiter.owner.onLost(error);
    }
    this.#waiters.clear();
    this.#available.clear();
  }

  #lock(session: Session, owner: SessionOwner): SessionLock {
    this.#available.delete(session);
    const lock: SessionLock = {
      session,
      owner,
      until: 0,
      deadline: undefined,
      held: new Set(),
      isLost: false,
    };
    session.lock = lock;
    this.renew(lock);
    return lock;
  }

  #expire(lock: SessionLock): void {
    this.release(lock);
    this.#onExpired(lock);
    lock.owner.onLost(
      new BrokerError('session-lock-lost', `The lock on the session "${lock.session.id}" has expired`),
    );
  }

  #prune(session: Session): void {
    if (!session.lock && session.ready.size === 0 && session.state === null)
      this.#sessions.delete(sessionKey(session.id));
  }
}
