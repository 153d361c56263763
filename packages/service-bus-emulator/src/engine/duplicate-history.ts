/** The message ids of the last while (https://learn.microsoft.com/azure/service-bus-messaging/duplicate-detection). */
export class DuplicateHistory {
  /** Id to the time it was seen, oldest first. */
  readonly #seen = new Map<string, number>();

  get size(): number {
    return this.#seen.size;
  }

  /** Remembers an id; true: it was seen within the window. */
  isDuplicate(messageId: string, now: number, windowMs: number): boolean {
    this.forgetBefore(now - windowMs);
    if (this.#seen.has(messageId)) return true;
    this.#seen.set(messageId, now);
    return false;
  }

  remember(messageId: string, seenAt: number): void {
    this.#seen.delete(messageId);
    this.#seen.set(messageId, seenAt);
  }

  forgetBefore(time: number): void {
    for (const [messageId, seenAt] of this.#seen) {
      if (seenAt > time) return;
      this.#seen.delete(messageId);
    }
  }

  entries(): Iterable<[string, number]> {
    return this.#seen;
  }
}
