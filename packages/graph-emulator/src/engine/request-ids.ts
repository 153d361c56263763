import type { Random } from '../../../emulator-kit/src/random';
import { makeGuid } from '../tenant/guid';

const digits = 12;

/** Ids of requests: GUIDs of which only the last twelve digits differ, so that a log can keep a number instead. */
export class RequestIds {
  private readonly head: string;
  private made = 0;

  constructor(random: Random) {
    this.head = makeGuid(random).slice(0, -digits);
  }

  /** The number of the next request. */
  next(): number {
    this.made += 1;
    return this.made;
  }

  text(number: number): string {
    return this.head + number.toString(16).padStart(digits, '0');
  }
}
