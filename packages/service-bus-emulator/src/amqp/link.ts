import type { AmqpError } from './amqp-error';
import { settleModes, toErrorValue } from './frame-writer';
import { codes, toTerminus } from './performatives';
import type { Fields, Terminus } from './performatives';
import { boolean, map, nothing, string, symbol, uint, ulong } from './value';
import type { AmqpEntry, AmqpValue } from './value';

export type AttachAnswer = {
  /** In place of the echoed source (a session's name in its filter). */
  readonly source?: AmqpValue;
  readonly properties?: readonly AmqpEntry[];
  readonly maxMessageSize?: number;
};

/** A link that messages leave on, as the session sees it: whom to ask about an outcome. */
export interface DeliveringLink {
  readonly handle: number;
  /** undefined: not an end yet, the delivery stays open. */
  onOutcome(tag: Buffer, state: AmqpValue | undefined, settled: boolean): AmqpValue | undefined;
}

/** What a link needs of the session that it belongs to. */
export interface LinkSession {
  /** Only its identity matters: a lock on a Service Bus session belongs to one connection. */
  readonly connection: object;
  /** Whether a transfer handed over now would leave now. */
  readonly isWritable: boolean;
  write(code: number, fields: readonly AmqpValue[]): void;
  /** The transfer windows as the first four fields of a flow. */
  windowFields(): AmqpValue[];
  /** Sends one message, in as many frames as it needs. */
  transfer(link: DeliveringLink, tag: Buffer, payload: Buffer, settled: boolean): void;
  settle(first: number, last: number, state: AmqpValue, isReceiver: boolean): void;
  /** Runs `write` now, or behind the transfers that wait for the peer's window. */
  inOrder(link: object, write: () => void): void;
  /** Forgets what waits for the window on that link. */
  dropWaiting(link: object): void;
  removeLink(link: Link): void;
}

/** A link as a client attached it. It is answered by `accept` or `refuse`, at once or later. */
export abstract class Link {
  readonly session: LinkSession;
  readonly name: string;
  readonly handle: number;
  readonly source: Terminus;
  readonly target: Terminus;
  readonly sndSettleMode: number | undefined;
  readonly rcvSettleMode: number | undefined;
  readonly properties: AmqpValue | undefined;
  #state: 'attaching' | 'open' | 'detaching' | 'gone' = 'attaching';

  constructor(session: LinkSession, fields: Fields) {
    this.session = session;
    this.name = fields.text(0) ?? '';
    this.handle = fields.required(1);
    this.sndSettleMode = fields.integer(3);
    this.rcvSettleMode = fields.integer(4);
    this.source = toTerminus(fields.at(5));
    this.target = toTerminus(fields.at(6));
    this.properties = fields.at(13);
  }

  /** True when the client receives on this link. */
  abstract readonly isOutgoing: boolean;

  /** Tells the handler that the link is over, ended by either side. */
  protected abstract ended(): void;

  abstract onFlow(fields: Fields): void;

  get isAttaching(): boolean {
    return this.#state === 'attaching';
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  protected confirm(answer: AttachAnswer): void {
    if (this.#state !== 'attaching') return;
    this.#state = 'open';
    this.#writeAttach(answer, answer.source ?? this.source.raw ?? nothing, this.target.raw ?? nothing);
  }

  /** AMQP's way to refuse: an attach without the terminus that was asked for, then a detach with the reason. */
  refuse(error: AmqpError): void {
    if (this.#state !== 'attaching') return;
    const { source, target } = this;
    this.#writeAttach(
      {},
      this.isOutgoing ? nothing : (source.raw ?? nothing),
      this.isOutgoing ? (target.raw ?? nothing) : nothing,
    );
    this.#state = 'open';
    this.detach(error);
  }

  /** Ends the link from our side. Outcomes that cross it on the wire are still answered, until the client detaches too. */
  detach(error?: AmqpError): void {
    if (this.#state !== 'open') return;
    this.#state = 'detaching';
    this.#writeDetach(error);
    this.session.dropWaiting(this);
    this.ended();
  }

  onDetach(): void {
    const before = this.#state;
    if (before === 'attaching') this.#writeAttach({}, nothing, nothing);
    this.#state = 'gone';
    this.session.removeLink(this);
    if (before === 'detaching') return;
    this.#writeDetach();
    this.ended();
  }

  /** The session or connection is gone. */
  onLost(): void {
    const before = this.#state;
    this.#state = 'gone';
    if (before === 'attaching' || before === 'open') this.ended();
  }

  #writeAttach(answer: AttachAnswer, source: AmqpValue, target: AmqpValue): void {
    this.session.write(codes.attach, [
      string(this.name),
      uint(this.handle),
      boolean(!this.isOutgoing),
      settleModes(this.sndSettleMode),
      settleModes(this.rcvSettleMode),
      source,
      target,
      nothing,
      nothing,
      this.isOutgoing ? uint(0) : nothing,
      answer.maxMessageSize === undefined ? nothing : ulong(answer.maxMessageSize),
      nothing,
      nothing,
      answer.properties ? map(answer.properties) : nothing,
    ]);
  }

  #writeDetach(error?: AmqpError): void {
    this.session.write(codes.detach, [
      uint(this.handle),
      boolean(true),
      error ? toErrorValue(error) : nothing,
    ]);
  }
}

/** A symbol-keyed entry of an attach's properties. */
export const property = (name: string, value: AmqpValue): AmqpEntry => [symbol(name), value];
