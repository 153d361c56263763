const userIds = /users\/([0-9a-f]{8}-[0-9a-f-]{27})/g;

/** What the app read of users before it wrote to them: nothing that changed after the read can excuse the write. */
export class Looks {
  /** When a process last read a user (milliseconds), by both. */
  readonly #reads = new Map<string, number>();
  /** When what a write goes by was read, by user and time of the write. */
  readonly #readFor = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  /** Graph has answered this request of a process. @param body what was sent: a batch reads several users */
  noteRead(process: string, target: string, body: unknown): void {
    const text = typeof body === 'string' ? target + body : target;
    for (const [, userId = ''] of text.matchAll(userIds)) {
      this.#reads.set(`${process} ${userId}`, this.now());
    }
  }

  /** A process writes; of two that write to a user at the same time, the one that read first counts. */
  noteWrite(process: string, target: string): void {
    for (const [, userId = ''] of target.matchAll(userIds)) {
      const readAt = this.#reads.get(`${process} ${userId}`) ?? -Infinity;
      const key = `${userId} ${String(this.now())}`;
      this.#readFor.set(key, Math.min(readAt, this.#readFor.get(key) ?? Infinity));
    }
  }

  /** When the user was read for the write that was made at this time; undefined: nothing is known of such a write. */
  readFor(userId: string, writtenAt: number): number | undefined {
    return this.#readFor.get(`${userId} ${String(writtenAt)}`);
  }
}
