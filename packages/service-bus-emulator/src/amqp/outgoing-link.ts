import { Link } from './link';
import type { AttachAnswer } from './link';
import { codes, toOutcome } from './performatives';
import type { Fields, Outcome } from './performatives';
import { boolean, nothing, uint } from './value';
import type { AmqpValue } from './value';

export interface OutgoingLinkHandler {
  /** There may be room to send now, or no longer: look at `canSend`. */
  onCredit(): void;
  /** Returns the state to settle with. `outcome` is undefined when a client only settled. */
  onOutcome(tag: Buffer, outcome: Outcome | undefined): AmqpValue;
  onEnded(): void;
}

/** A link the client receives on. */
export class OutgoingLink extends Link {
  readonly isOutgoing = true;
  #handler: OutgoingLinkHandler | undefined;
  #credit = 0;
  #deliveryCount = 0;
  /** Credit that came before the answer to the attach: it holds from the answer on (AMQP 1.0 part 2, section 2.6.7). */
  #earlyFlow: Fields | undefined;

  get canSend(): boolean {
    return this.isOpen && this.#credit > 0 && this.session.isWritable;
  }

  accept(handler: OutgoingLinkHandler, answer: AttachAnswer = {}): void {
    if (!this.isAttaching) return;
    this.#handler = handler;
    this.confirm(answer);
    const early = this.#earlyFlow;
    this.#earlyFlow = undefined;
    if (early) this.onFlow(early);
  }

  /** For a link that has not been answered yet: who to tell when the client gives up. */
  whileWaiting(onEnded: () => void): void {
    this.#handler = { onCredit: () => undefined, onOutcome: () => nothing, onEnded };
  }

  /** Uses one credit. With `settled` the client gives no outcome. */
  send(tag: Buffer, payload: Buffer, settled: boolean): void {
    this.#credit--;
    this.#deliveryCount = (this.#deliveryCount + 1) >>> 0;
    this.session.transfer(this, tag, payload, settled);
  }

  onFlow(fields: Fields): void {
    if (this.isAttaching) this.#earlyFlow = fields;
    if (!this.isOpen) return;
    const theirCount = fields.integer(5) ?? 0;
    const underWay = (this.#deliveryCount - theirCount) >>> 0;
    this.#credit = Math.max(0, (fields.integer(6) ?? 0) - underWay);
    const drain = fields.boolean(8);
    this.#handler?.onCredit();
    if (drain) this.session.inOrder(this, () => this.#finishDrain());
    else if (fields.boolean(9)) this.#writeFlow(false);
  }

  resume(): void {
    if (this.isOpen) this.#handler?.onCredit();
  }

  /** undefined: not an end yet, the delivery stays open. */
  onOutcome(tag: Buffer, state: AmqpValue | undefined, settled: boolean): AmqpValue | undefined {
    const outcome = toOutcome(state);
    if (!outcome && !settled) return undefined;
    return this.#handler?.onOutcome(tag, outcome);
  }

  protected ended(): void {
    this.#handler?.onEnded();
  }

  /**
   * What could be sent has been; the rest of the credit is given back. The answer always says drain, also when the
   * last credit had just been used: a client waits for exactly that (AMQP 1.0 part 2, section 2.6.7).
   */
  #finishDrain(): void {
    this.#deliveryCount = (this.#deliveryCount + this.#credit) >>> 0;
    this.#credit = 0;
    this.#writeFlow(true);
    this.#handler?.onCredit();
  }

  #writeFlow(drain: boolean): void {
    this.session.write(codes.flow, [
      ...this.session.windowFields(),
      uint(this.handle),
      uint(this.#deliveryCount),
      uint(this.#credit),
      nothing,
      boolean(drain),
    ]);
  }
}
