import type { StoredMessage } from './message';

/**
 * Messages that can be delivered, by sequence number. New ones arrive in order at the tail of a ring-less deque;
 * those that come back (abandoned, lock lost) go through a small heap. A message that leaves otherwise (expired) is
 * only marked, and skipped when its turn comes.
 */
export class ReadyList {
  #fresh: (StoredMessage | undefined)[] = [];
  #head = 0;
  readonly #returned: StoredMessage[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(message: StoredMessage): void {
    if (message.isReady) return;
    message.isReady = true;
    this.#size++;
    const tail = this.#fresh.at(-1);
    if (this.#head >= this.#fresh.length || (tail && tail.sequenceNumber < message.sequenceNumber)) {
      this.#fresh.push(message);
    } else {
      this.#push(message);
    }
  }

  /** Takes a message out that is not at its front. */
  remove(message: StoredMessage): void {
    if (!message.isReady) return;
    message.isReady = false;
    this.#size--;
  }

  takeFirst(): StoredMessage | undefined {
    this.#dropStale();
    const fresh = this.#fresh[this.#head];
    const returned = this.#returned[0];
    const isReturned = returned && (!fresh || returned.sequenceNumber < fresh.sequenceNumber);
    const message = isReturned ? this.#pop() : this.#shift();
    if (message) this.remove(message);
    return message;
  }

  #dropStale(): void {
    while (this.#head < this.#fresh.length && !this.#fresh[this.#head]?.isReady) this.#shift();
    while (this.#returned[0] && !this.#returned[0].isReady) this.#pop();
  }

  #shift(): StoredMessage | undefined {
    const message = this.#fresh[this.#head];
    if (this.#head < this.#fresh.length) this.#fresh[this.#head++] = undefined;
    if (this.#head === this.#fresh.length) {
      this.#fresh = [];
      this.#head = 0;
    } else if (this.#head > 1_024 && this.#head * 2 > this.#fresh.length) {
      this.#fresh = this.#fresh.slice(this.#head);
      this.#head = 0;
    }
    return message;
  }

  #push(message: StoredMessage): void {
    const heap = this.#returned;
    let index = heap.push(message) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (!parent || parent.sequenceNumber <= message.sequenceNumber) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = message;
  }

  #pop(): StoredMessage | undefined {
    const heap = this.#returned;
    const first = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      const left = heap[childIndex];
      const right = heap[childIndex + 1];
      if (!left) break;
      const child = right && right.sequenceNumber < left.sequenceNumber ? right : left;
      if (child === right) childIndex++;
      if (child.sequenceNumber >= last.sequenceNumber) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
    return first;
  }
}
