import { AmqpError } from './amqp-error';
import { rejected } from './frame-writer';
import { Link } from './link';
import type { AttachAnswer } from './link';
import { codes } from './performatives';
import type { Fields } from './performatives';
import { uint } from './value';
import type { AmqpValue } from './value';

export type IncomingDelivery = {
  readonly messageFormat: number;
  /** A view into the socket's buffer: copy what is kept. */
  readonly payload: Buffer;
};

export interface IncomingLinkHandler {
  /** Returns the state to settle with. */
  onMessage(delivery: IncomingDelivery): AmqpValue;
  onEnded?(): void;
}

const creditWindow = 1_000;

type Partial = {
  readonly id: number;
  readonly settled: boolean;
  readonly messageFormat: number;
  readonly parts: Buffer[];
  length: number;
};

/** A link the client sends on. Credit is granted at once and kept up. */
export class IncomingLink extends Link {
  readonly isOutgoing = false;
  #handler: IncomingLinkHandler | undefined;
  #maxMessageSize = Number.MAX_SAFE_INTEGER;
  #credit = 0;
  #deliveryCount = 0;
  #partial: Partial | undefined;

  accept(handler: IncomingLinkHandler, answer: AttachAnswer = {}): void {
    if (!this.isAttaching) return;
    this.#handler = handler;
    this.#maxMessageSize = answer.maxMessageSize ?? this.#maxMessageSize;
    this.confirm(answer);
    this.#grantCredit();
  }

  onFlow(fields: Fields): void {
    if (!this.isOpen) return;
    const theirCount = fields.integer(5);
    if (theirCount !== undefined) this.#deliveryCount = theirCount;
    if (fields.boolean(9)) this.#grantCredit();
  }

  onTransfer(fields: Fields, payload: Buffer): void {
    // What was under way when we detached is neither accepted nor answered.
    if (!this.isOpen) return;
    const partial = (this.#partial ??= this.#begin(fields));
    partial.length += payload.length;
    // An oversize message is read to its end, not kept, and rejected: the link and the others on it live on.
    if (partial.length > this.#maxMessageSize) partial.parts.length = 0;
    else partial.parts.push(payload);
    if (fields.boolean(9)) {
      this.#partial = undefined;
      return;
    }
    if (fields.boolean(5)) return;
    this.#partial = undefined;
    this.#complete(partial);
  }

  protected ended(): void {
    this.#handler?.onEnded?.();
  }

  #begin(fields: Fields): Partial {
    if (this.#credit <= 0) {
      throw new AmqpError('amqp:session:window-violation', 'A transfer without credit');
    }
    this.#credit--;
    this.#deliveryCount = (this.#deliveryCount + 1) >>> 0;
    return {
      id: fields.required(1),
      settled: fields.boolean(4),
      messageFormat: fields.integer(3) ?? 0,
      parts: [],
      length: 0,
    };
  }

  #complete(partial: Partial): void {
    const state = this.#answer(partial);
    if (state && !partial.settled) this.session.settle(partial.id, partial.id, state, true);
    if (this.isOpen && this.#credit < creditWindow / 2) this.#grantCredit();
  }

  #answer(partial: Partial): AmqpValue | undefined {
    if (partial.length > this.#maxMessageSize) {
      const limit = `larger than ${this.#maxMessageSize} bytes, the limit of this entity`;
      return rejected(
        new AmqpError(
          'amqp:link:message-size-exceeded',
          `The message of ${partial.length} bytes is ${limit}`,
        ),
      );
    }
    const [first] = partial.parts;
    const payload =
      partial.parts.length === 1 && first ? first : Buffer.concat(partial.parts, partial.length);
    return this.#handler?.onMessage({ messageFormat: partial.messageFormat, payload });
  }

  #grantCredit(): void {
    this.#credit = creditWindow;
    this.session.write(codes.flow, [
      ...this.session.windowFields(),
      uint(this.handle),
      uint(this.#deliveryCount),
      uint(this.#credit),
    ]);
  }
}
