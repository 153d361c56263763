import type { AmqpError } from './amqp-error';
import { codes } from './performatives';
import { boolean, described, list, nothing, string, symbol, ubyte, uint } from './value';
import type { AmqpValue } from './value';
import { AmqpWriter } from './writer';

/** AMQP 1.0, plain (AMQP 1.0 part 2, section 2.2). */
export const amqpHeader = Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 1, 0, 0]);
/** AMQP 1.0 with SASL (AMQP 1.0 part 5, section 5.3.1). */
export const saslHeader = Buffer.from([0x41, 0x4d, 0x51, 0x50, 3, 1, 0, 0]);

const initialCapacity = 16_384;

export type TransferHead = {
  readonly handle: number;
  /** Absent on every frame of a delivery but the first. */
  readonly delivery?: { readonly id: number; readonly tag: Buffer; readonly settled: boolean };
  readonly more: boolean;
};

/** Collects the frames of a connection until they are taken and written with one call. */
export class FrameWriter {
  readonly #writer = new AmqpWriter(initialCapacity);

  get isEmpty(): boolean {
    return this.#writer.length === 0;
  }

  take(): Buffer {
    return this.#writer.takeBuffer(initialCapacity);
  }

  raw(bytes: Buffer): void {
    this.#writer.bytes(bytes);
  }

  empty(): void {
    this.#end(this.#start(0, 0));
  }

  frame(channel: number, code: number, fields: readonly AmqpValue[], isSasl = false): void {
    const start = this.#start(channel, isSasl ? 1 : 0);
    this.#writer.write(described(code, list(fields)));
    this.#end(start);
  }

  /** A transfer, written without intermediate values: it is the frame there are most of. */
  transfer(channel: number, head: TransferHead, payload: Buffer): void {
    const writer = this.#writer;
    const start = this.#start(channel, 0);
    writer.descriptor(codes.transfer);
    const mark = writer.startCompound(0xd0, 6);
    writer.write(uint(head.handle));
    if (head.delivery) {
      writer.write(uint(head.delivery.id));
      writer.byte(0xa0);
      writer.byte(head.delivery.tag.length);
      writer.bytes(head.delivery.tag);
      writer.byte(0x43);
      writer.byte(head.delivery.settled ? 0x41 : 0x42);
    } else {
      for (let field = 0; field < 4; field++) writer.byte(0x40);
    }
    writer.byte(head.more ? 0x41 : 0x42);
    writer.endCompound(mark);
    writer.bytes(payload);
    this.#end(start);
  }

  /** Says how deliveries of the peer (`isReceiver`) or of our own ended. */
  disposition(channel: number, isReceiver: boolean, first: number, last: number, state: AmqpValue): void {
    this.frame(channel, codes.disposition, [
      boolean(isReceiver),
      uint(first),
      uint(last),
      boolean(true),
      state,
    ]);
  }

  #start(channel: number, type: number): number {
    const start = this.#writer.length;
    this.#writer.uint32(0);
    this.#writer.byte(2);
    this.#writer.byte(type);
    this.#writer.uint16(channel);
    return start;
  }

  #end(start: number): void {
    this.#writer.patchUint32(start, this.#writer.length - start);
  }
}

/** The outcome accepted. */
export const accepted: AmqpValue = described(codes.accepted, list([]));
/** The outcome released. */
export const released: AmqpValue = described(codes.released, list([]));

/** An error as close, end, detach and rejected carry it. */
export function toErrorValue(error: AmqpError): AmqpValue {
  return described(codes.error, list([symbol(error.condition), string(error.message)]));
}

/** The outcome rejected, with its reason. */
export function rejected(error: AmqpError): AmqpValue {
  return described(codes.rejected, list([toErrorValue(error)]));
}

/** A settle mode as attach carries it; undefined: left to the default. */
export const settleModes = (value: number | undefined): AmqpValue =>
  value === undefined ? nothing : ubyte(value);
