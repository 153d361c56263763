import type { WriteKind, WriteQuota } from '../../quota/write-quota';

/**
 * The write quota that one message has in hand. It is taken before the user is read, however long that takes, so
 * that the read is fresh when it comes to writing; what turns out not to be needed is given back.
 */
export class WritePermit {
  readonly #quota: WriteQuota;
  readonly #kind: WriteKind;
  #held = 0;

  constructor(quota: WriteQuota, kind: WriteKind) {
    this.#quota = quota;
    this.#kind = kind;
  }

  /** Waits until at least so many writes are in hand. */
  async take(writes: number): Promise<void> {
    const missing = writes - this.#held;
    if (missing <= 0) return;
    await this.#quota.acquire(this.#kind, missing);
    this.#held += missing;
  }

  /** One write is being sent. */
  use(): void {
    this.#held = Math.max(0, this.#held - 1);
  }

  giveBack(): void {
    if (this.#held > 0) this.#quota.giveBack(this.#kind, this.#held);
    this.#held = 0;
  }
}
