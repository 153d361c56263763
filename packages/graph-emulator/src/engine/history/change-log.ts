export type ChangeType = 'created' | 'updated' | 'softDeleted' | 'hardDeleted' | 'restored';

export type Change = {
  /** 1, 2, 3 ... over the whole tenant. */
  readonly seq: number;
  /** ms */
  readonly at: number;
  readonly kind: 'user' | 'group';
  readonly id: string;
  readonly type: ChangeType;
  /** Graph property names whose value changed; for members of a group `members`. */
  readonly properties: readonly string[];
  /** Members that came or went, for a group. */
  readonly memberIds?: readonly string[];
};

/** Changes that are there at least, the newest: more than a first sync of 100,000 users at once. */
export const changesUsuallyKept = 250_000;

/**
 * What happened in the tenant, in order: delta rounds and notifications both come from here. The oldest go first, as
 * Graph forgets them after days.
 */
export class ChangeLog {
  private entries: Change[] = [];
  private readonly listeners = new Set<(change: Change) => void>();
  /** Changes that are no longer there: the first one that is has the next number. */
  private dropped = 0;

  /** @param kept so many are there at least, and at most twice as many */
  constructor(private readonly kept = changesUsuallyKept) {}

  get lastSeq(): number {
    return this.dropped + this.entries.length;
  }

  /** Whether all that came after this number is still there. */
  reachesBackTo(seq: number): boolean {
    return seq >= this.dropped;
  }

  /** The number before the oldest change that is there; 0: none is gone. */
  get droppedSeq(): number {
    return this.dropped;
  }

  append(change: Omit<Change, 'seq'>): Change {
    const { at, kind, id, type, properties, memberIds } = change;
    const seq = this.lastSeq + 1;
    // Spelled out: a spread is many times dearer, and this runs twice for every write.
    const entry: Change = memberIds
      ? { seq, at, kind, id, type, properties, memberIds }
      : { seq, at, kind, id, type, properties };
    this.entries.push(entry);
    this.dropOldest();
    for (const listener of this.listeners) listener(entry);
    return entry;
  }

  /** Puts back an entry of an earlier run, without a notification; the first one may have any number. */
  restore(change: Change): void {
    if (this.entries.length === 0) this.dropped = Math.max(0, change.seq - 1);
    this.entries.push({ ...change, seq: this.lastSeq + 1 });
    this.dropOldest();
  }

  /** The entry with this sequence number; undefined: it is gone, or has not come yet. */
  at(seq: number): Change | undefined {
    return this.entries[seq - 1 - this.dropped];
  }

  /** The answer stops the listening. */
  listen(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Cut in halves, so that a long run pays for it rarely. */
  private dropOldest(): void {
    if (this.entries.length <= this.kept * 2) return;
    const gone = this.entries.length - this.kept;
    this.dropped += gone;
    this.entries = this.entries.slice(gone);
  }
}
