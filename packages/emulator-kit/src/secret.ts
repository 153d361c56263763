import { createHash, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

/** A value that logging, JSON and string conversion show as [redacted]. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself; call it only where it goes onto the wire. */
  reveal(): string {
    return this.#value;
  }

  /** Compares in constant time, whatever the lengths. */
  equals(other: string): boolean {
    return sameText(this.#value, other);
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [inspect.custom](): string {
    return '[redacted]';
  }
}

/** Constant-time comparison of two texts: both are hashed first, so that even the length does not show. */
export function sameText(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(hash(a), hash(b));
}
