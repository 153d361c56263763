import { AmqpError } from './amqp-error';
import { toErrorValue } from './frame-writer';
import type { FrameWriter } from './frame-writer';
import { IncomingLink } from './incoming-link';
import type { DeliveringLink, Link, LinkSession } from './link';
import { OutgoingLink } from './outgoing-link';
import { codes } from './performatives';
import type { Fields, FrameBody } from './performatives';
import { uint, ushort } from './value';
import type { AmqpValue } from './value';

/** Transfers a client may send before hearing from us again. */
const incomingWindow = 8_192;
const outgoingWindow = 0x7fff_ffff;
const handleMax = 255;

type Delivery = { readonly link: DeliveringLink; readonly tag: Buffer };
type Waiting = { readonly link: object; readonly write: () => void };

/** What a session needs of the connection that it runs on. */
export interface SessionConnection {
  readonly writer: FrameWriter;
  /** Bytes. */
  readonly remoteMaxFrameSize: number;
  /** The client does not read what it was sent. */
  readonly isCongested: boolean;
  /** Decides about a link that a client attached: `accept` or `refuse`, now or later. */
  readonly route: (link: Link) => void;
  scheduleFlush(): void;
  removeSession(channel: number): void;
}

/**
 * One AMQP session of a client: its links by handle, the two transfer windows, and the deliveries that wait for an
 * outcome. Local channel and handles are the peer's own numbers, there is never more than one to each.
 */
export class AmqpSession implements LinkSession {
  readonly channel: number;
  readonly connection: SessionConnection;
  readonly #links = new Map<number, Link>();
  readonly #unsettled = new Map<number, Delivery>();
  /** Transfers (and what must stay behind them) that the peer's window holds up. */
  #waiting: Waiting[] = [];
  #nextIncomingId: number;
  #receivedSinceFlow = 0;
  #nextOutgoingId = 0;
  #nextDeliveryId = 0;
  #remoteWindow: number;
  #isEnded = false;

  constructor(connection: SessionConnection, channel: number, nextIncomingId: number, remoteWindow: number) {
    this.connection = connection;
    this.channel = channel;
    this.#nextIncomingId = nextIncomingId;
    this.#remoteWindow = remoteWindow;
    this.write(codes.begin, [
      ushort(channel),
      uint(this.#nextOutgoingId),
      uint(incomingWindow),
      uint(outgoingWindow),
      uint(handleMax),
    ]);
  }

  get links(): Iterable<Link> {
    return this.#links.values();
  }

  /** Whether a transfer handed over now would leave now. */
  get isWritable(): boolean {
    return this.#remoteWindow > 0 && this.#waiting.length === 0 && !this.connection.isCongested;
  }

  write(code: number, fields: readonly AmqpValue[]): void {
    this.connection.writer.frame(this.channel, code, fields);
    this.connection.scheduleFlush();
  }

  /** Sends one message, in as many frames as it needs. Returns its delivery id. */
  transfer(link: DeliveringLink, tag: Buffer, payload: Buffer, settled: boolean): void {
    const id = this.#nextDeliveryId;
    this.#nextDeliveryId = (id + 1) >>> 0;
    if (!settled) this.#unsettled.set(id, { link, tag });
    const room = this.connection.remoteMaxFrameSize - 64 - tag.length;
    for (let start = 0; start === 0 || start < payload.length; start += room) {
      const part = payload.subarray(start, start + room);
      const more = start + room < payload.length;
      const delivery = start === 0 ? { delivery: { id, tag, settled } } : {};
      this.inOrder(link, () => {
        this.#remoteWindow--;
        this.#nextOutgoingId = (this.#nextOutgoingId + 1) >>> 0;
        this.connection.writer.transfer(this.channel, { handle: link.handle, ...delivery, more }, part);
        this.connection.scheduleFlush();
      });
    }
  }

  /** Runs `write` now, or behind the transfers that wait for the peer's window. */
  inOrder(link: object, write: () => void): void {
    if (this.#waiting.length === 0 && this.#remoteWindow > 0) write();
    else this.#waiting.push({ link, write });
  }

  /** The transfer windows as the first four fields of a flow. */
  windowFields(): AmqpValue[] {
    this.#receivedSinceFlow = 0;
    return [
      uint(this.#nextIncomingId),
      uint(incomingWindow),
      uint(this.#nextOutgoingId),
      uint(outgoingWindow),
    ];
  }

  settle(first: number, last: number, state: AmqpValue, isReceiver: boolean): void {
    this.connection.writer.disposition(this.channel, isReceiver, first, last, state);
    this.connection.scheduleFlush();
  }

  /** Gives the links another chance to send. */
  resume(): void {
    while (this.#waiting.length > 0 && this.#remoteWindow > 0) this.#waiting.shift()?.write();
    if (!this.isWritable) return;
    for (const link of [...this.#links.values()]) if (link instanceof OutgoingLink) link.resume();
  }

  removeLink(link: Link): void {
    if (this.#links.get(link.handle) === link) this.#links.delete(link.handle);
    this.dropWaiting(link);
    this.#forgetDeliveries(link);
  }

  #forgetDeliveries(link: object): void {
    for (const [id, delivery] of this.#unsettled) if (delivery.link === link) this.#unsettled.delete(id);
  }

  dropWaiting(link: object): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting.link !== link);
  }

  onConnectionLost(): void {
    this.#isEnded = true;
    for (const link of [...this.#links.values()]) link.onLost();
    this.#links.clear();
    this.#unsettled.clear();
    this.#waiting = [];
  }

  onFrame({ code, fields }: FrameBody, payload: Buffer): void {
    try {
      if (code === codes.end) this.#onEnd();
      else if (!this.#isEnded) this.#dispatch(code, fields, payload);
    } catch (thrown) {
      if (!(thrown instanceof AmqpError) || !thrown.condition.startsWith('amqp:session:')) throw thrown;
      this.onConnectionLost();
      this.write(codes.end, [toErrorValue(thrown)]);
    }
  }

  #dispatch(code: number, fields: Fields, payload: Buffer): void {
    switch (code) {
      case codes.attach:
        this.#onAttach(fields);
        return;
      case codes.flow:
        this.#onFlow(fields);
        return;
      case codes.transfer:
        this.#onTransfer(fields, payload);
        return;
      case codes.disposition:
        this.#onDisposition(fields);
        return;
      case codes.detach:
        // A link that is gone already: ignored (OnReceiveLinkFrame in AmqpSession.cs of https://github.com/Azure/azure-amqp).
        this.#links.get(fields.required(0))?.onDetach();
        return;
      default:
        throw new AmqpError('amqp:not-allowed', `An unexpected frame, performative 0x${code.toString(16)}`);
    }
  }

  #onEnd(): void {
    const wasEnded = this.#isEnded;
    this.onConnectionLost();
    this.connection.removeSession(this.channel);
    if (!wasEnded) this.write(codes.end, []);
  }

  #onAttach(fields: Fields): void {
    const handle = fields.required(1);
    if (handle > handleMax)
      throw new AmqpError('amqp:connection:framing-error', `Handle ${handle} is too large`);
    if (this.#links.has(handle)) {
      throw new AmqpError('amqp:session:handle-in-use', `Handle ${handle} is in use`);
    }
    const link = fields.boolean(2) ? new OutgoingLink(this, fields) : new IncomingLink(this, fields);
    this.#links.set(handle, link);
    this.connection.route(link);
  }

  #onFlow(fields: Fields): void {
    const nextIncomingId = fields.integer(0) ?? 0;
    this.#remoteWindow = fields.required(1) - ((this.#nextOutgoingId - nextIncomingId) >>> 0);
    const handle = fields.integer(4);
    if (handle !== undefined) this.#linkOf(handle).onFlow(fields);
    else if (fields.boolean(9)) this.write(codes.flow, this.windowFields());
    this.resume();
  }

  #onTransfer(fields: Fields, payload: Buffer): void {
    this.#nextIncomingId = (this.#nextIncomingId + 1) >>> 0;
    const link = this.#linkOf(fields.required(0));
    if (!(link instanceof IncomingLink)) {
      throw new AmqpError('amqp:session:errant-link', 'A transfer on a link that only receives');
    }
    link.onTransfer(fields, payload);
    if (++this.#receivedSinceFlow >= incomingWindow / 2) this.write(codes.flow, this.windowFields());
  }

  /** Only outcomes of our own deliveries matter: a client's are settled by us at once. */
  #onDisposition(fields: Fields): void {
    if (!fields.boolean(0)) return;
    const first = fields.required(1);
    const last = fields.integer(2) ?? first;
    const settled = fields.boolean(3);
    const state = fields.at(4);
    const ids =
      last - first < this.#unsettled.size
        ? Array.from({ length: last - first + 1 }, (_, index) => first + index)
        : [...this.#unsettled.keys()].filter((id) => id >= first && id <= last);
    for (const id of ids) {
      const delivery = this.#unsettled.get(id);
      if (!delivery) continue;
      const answer = delivery.link.onOutcome(delivery.tag, state, settled);
      if (settled || answer) this.#unsettled.delete(id);
      if (answer && !settled) this.settle(id, id, answer, false);
    }
  }

  #linkOf(handle: number): Link {
    const link = this.#links.get(handle);
    if (!link) throw new AmqpError('amqp:session:unattached-handle', `No link has handle ${handle}`);
    return link;
  }
}
