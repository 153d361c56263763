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

/** Everything that happened in the tenant, in order: delta rounds and notifications both come from here. */
export class ChangeLog {
  private readonly entries: Change[] = [];
  private readonly listeners = new Set<(change: Change) => void>();

  get lastSeq(): number {
    return this.entries.length;
  }

  append(change: Omit<Change, 'seq'>): Change {
    const { at, kind, id, type, properties, memberIds } = change;
    const seq = this.entries.length + 1;
    // Spelled out: a spread is many times dearer, and this runs twice for every write.
    const entry: Change = memberIds
      ? { seq, at, kind, id, type, properties, memberIds }
      : { seq, at, kind, id, type, properties };
    this.entries.push(entry);
    for (const listener of this.listeners) listener(entry);
    return entry;
  }

  /** Puts back an entry of an earlier run, without a notification. */
  restore(change: Change): void {
    this.entries.push({ ...change, seq: this.entries.length + 1 });
  }

  /** The entry with this sequence number. */
  at(seq: number): Change | undefined {
    return this.entries[seq - 1];
  }

  /** The answer stops the listening. */
  listen(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
