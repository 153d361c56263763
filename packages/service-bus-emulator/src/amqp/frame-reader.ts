import { AmqpError } from './amqp-error';

export type Frame = {
  readonly channel: number;
  readonly isSasl: boolean;
  /** Performative and payload; empty for a heartbeat. */
  readonly body: Buffer;
};

const headerLength = 8;

/** Cuts the byte stream of a socket into protocol headers and frames. */
export class FrameReader {
  readonly #maxFrameSize: number;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(maxFrameSize: number) {
    this.#maxFrameSize = maxFrameSize;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** The next 8 bytes, when they are there. */
  takeHeader(): Buffer | undefined {
    return this.#length < headerLength ? undefined : this.#take(headerLength);
  }

  /**
   * The next whole frame, when it is there.
   * @throws AmqpError on sizes that cannot be
   */
  takeFrame(): Frame | undefined {
    if (this.#length < headerLength) return undefined;
    const head = this.#join(headerLength);
    const size = head.readUInt32BE(0);
    if (size < headerLength || size > this.#maxFrameSize) {
      throw new AmqpError(
        'amqp:connection:framing-error',
        `A frame of ${size} bytes; between 8 and ${this.#maxFrameSize} are allowed`,
      );
    }
    if (this.#length < size) return undefined;
    const frame = this.#take(size);
    const offset = (frame[4] ?? 0) * 4;
    const type = frame[5] ?? 0;
    if (offset < headerLength || offset > size) {
      throw new AmqpError('amqp:connection:framing-error', `A frame with its data at ${offset} of ${size}`);
    }
    if (type > 1) throw new AmqpError('amqp:connection:framing-error', `A frame of unknown type ${type}`);
    return {
      channel: type === 0 ? frame.readUInt16BE(6) : 0,
      isSasl: type === 1,
      body: frame.subarray(offset),
    };
  }

  /** The first chunk, made at least `length` long. */
  #join(length: number): Buffer {
    const first = this.#chunks[0];
    if (first && first.length >= length) return first;
    const joined = Buffer.concat(this.#chunks, this.#length);
    this.#chunks = [joined];
    return joined;
  }

  #take(length: number): Buffer {
    const first = this.#join(length);
    this.#length -= length;
    if (first.length === length) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(length);
    return first.subarray(0, length);
  }
}
