import { AmqpDecodeError } from './amqp-error';
import type { AmqpEntry, AmqpValue } from './value';

/** Nested deeper than this is an attack or an accident, never a message. */
const maxDepth = 32;
/** Elements that take no bytes (null, true, 0) could otherwise claim 2^32 places in an array of a few bytes. */
const maxEmptyElements = 65_536;

/** Reads AMQP values from a buffer, and refuses (AmqpDecodeError) whatever does not fit into it. */
export class AmqpReader {
  position: number;
  readonly #bytes: Buffer;
  readonly #end: number;
  #depth = 0;

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.position = start;
    this.#end = end;
  }

  get remaining(): number {
    return this.#end - this.position;
  }

  read(): AmqpValue {
    const code = this.#take(1);
    return this.#readAs(this.#bytes[code] ?? 0);
  }

  /** Moves behind the next value without decoding it. */
  skip(): void {
    let code = this.#bytes[this.#take(1)] ?? 0;
    while (code === 0x00) {
      this.skip();
      code = this.#bytes[this.#take(1)] ?? 0;
    }
    const width = widthOf(code);
    if (code < 0xa0) this.#take(width);
    else this.#take(this.#size(width));
  }

  /** Reads the head of a list or map and says how many elements follow (for a map: keys plus values). */
  readCount(kind: 'list' | 'map'): number {
    const code = this.#bytes[this.#take(1)] ?? 0;
    if (kind === 'list' && code === 0x45) return 0;
    const [small, large] = kind === 'list' ? [0xc0, 0xd0] : [0xc1, 0xd1];
    if (code !== small && code !== large)
      throw new AmqpDecodeError(`Expected a ${kind}, got type ${hex(code)}`);
    const width = code === small ? 1 : 4;
    const size = this.#size(width);
    if (size < width || size > this.remaining) throw new AmqpDecodeError(`A ${kind} is cut short`);
    const count = this.#size(width);
    if (count > size || (kind === 'map' && count % 2 === 1)) {
      throw new AmqpDecodeError(`A ${kind} claims ${count} elements in ${size} bytes`);
    }
    return count;
  }

  #take(width: number): number {
    const at = this.position;
    if (width > this.#end - at) throw new AmqpDecodeError('A value is cut short');
    this.position = at + width;
    return at;
  }

  #size(width: number): number {
    const at = this.#take(width);
    return width === 1 ? (this.#bytes[at] ?? 0) : this.#bytes.readUInt32BE(at);
  }

  #slice(width: number): Buffer {
    const at = this.#take(width);
    return this.#bytes.subarray(at, at + width);
  }

  #text(width: number, encoding: 'utf8' | 'latin1'): string {
    const size = this.#size(width);
    const at = this.#take(size);
    return this.#bytes.toString(encoding, at, at + size);
  }

  #long(signed: boolean): number | bigint {
    const at = this.#take(8);
    const high = signed ? this.#bytes.readInt32BE(at) : this.#bytes.readUInt32BE(at);
    const value = high * 0x1_0000_0000 + this.#bytes.readUInt32BE(at + 4);
    if (Number.isSafeInteger(value)) return value;
    return signed ? this.#bytes.readBigInt64BE(at) : this.#bytes.readBigUInt64BE(at);
  }

  #readAs(code: number): AmqpValue {
    const bytes = this.#bytes;
    switch (code) {
      case 0x00: {
        const [descriptor, value] = this.#nested(() => [this.read(), this.read()] as const);
        return { type: 'described', descriptor, value };
      }
      case 0x40:
        return { type: 'null' };
      case 0x41:
        return { type: 'boolean', value: true };
      case 0x42:
        return { type: 'boolean', value: false };
      case 0x43:
        return { type: 'uint', value: 0 };
      case 0x44:
        return { type: 'ulong', value: 0 };
      case 0x45:
        return { type: 'list', value: [] };
      case 0x50:
        return { type: 'ubyte', value: bytes[this.#take(1)] ?? 0 };
      case 0x51:
        return { type: 'byte', value: bytes.readInt8(this.#take(1)) };
      case 0x52:
        return { type: 'uint', value: bytes[this.#take(1)] ?? 0 };
      case 0x53:
        return { type: 'ulong', value: bytes[this.#take(1)] ?? 0 };
      case 0x54:
        return { type: 'int', value: bytes.readInt8(this.#take(1)) };
      case 0x55:
        return { type: 'long', value: bytes.readInt8(this.#take(1)) };
      case 0x56:
        return { type: 'boolean', value: bytes[this.#take(1)] !== 0 };
      case 0x60:
        return { type: 'ushort', value: bytes.readUInt16BE(this.#take(2)) };
      case 0x61:
        return { type: 'short', value: bytes.readInt16BE(this.#take(2)) };
      case 0x70:
        return { type: 'uint', value: bytes.readUInt32BE(this.#take(4)) };
      case 0x71:
        return { type: 'int', value: bytes.readInt32BE(this.#take(4)) };
      case 0x72:
        return { type: 'float', value: bytes.readFloatBE(this.#take(4)) };
      case 0x73:
        return { type: 'char', value: bytes.readUInt32BE(this.#take(4)) };
      case 0x74:
        return { type: 'decimal32', value: this.#slice(4) };
      case 0x80:
        return { type: 'ulong', value: this.#long(false) };
      case 0x81:
        return { type: 'long', value: this.#long(true) };
      case 0x82:
        return { type: 'double', value: bytes.readDoubleBE(this.#take(8)) };
      case 0x83:
        return { type: 'timestamp', value: Number(this.#long(true)) };
      case 0x84:
        return { type: 'decimal64', value: this.#slice(8) };
      case 0x94:
        return { type: 'decimal128', value: this.#slice(16) };
      case 0x98:
        return { type: 'uuid', value: this.#slice(16) };
      case 0xa0:
        return { type: 'binary', value: this.#slice(this.#size(1)) };
      case 0xb0:
        return { type: 'binary', value: this.#slice(this.#size(4)) };
      case 0xa1:
        return { type: 'string', value: this.#text(1, 'utf8') };
      case 0xb1:
        return { type: 'string', value: this.#text(4, 'utf8') };
      case 0xa3:
        return { type: 'symbol', value: this.#text(1, 'latin1') };
      case 0xb3:
        return { type: 'symbol', value: this.#text(4, 'latin1') };
      case 0xc0:
      case 0xd0:
        this.position--;
        return { type: 'list', value: this.#nested(() => this.#values(this.readCount('list'))) };
      case 0xc1:
      case 0xd1:
        this.position--;
        return { type: 'map', value: this.#nested(() => this.#entries(this.readCount('map'))) };
      case 0xe0:
      case 0xf0:
        return this.#nested(() => this.#array(code === 0xe0 ? 1 : 4));
      default:
        throw new AmqpDecodeError(`Unknown type ${hex(code)}`);
    }
  }

  #values(count: number): AmqpValue[] {
    const values: AmqpValue[] = [];
    for (let index = 0; index < count; index++) values.push(this.read());
    return values;
  }

  #entries(count: number): AmqpEntry[] {
    const entries: AmqpEntry[] = [];
    for (let index = 0; index < count; index += 2) entries.push([this.read(), this.read()]);
    return entries;
  }

  #array(width: 1 | 4): AmqpValue {
    const size = this.#size(width);
    if (size < width + 1 || size > this.remaining) throw new AmqpDecodeError('An array is cut short');
    const count = this.#size(width);
    let code = this.#bytes[this.#take(1)] ?? 0;
    const descriptor = code === 0x00 ? this.read() : undefined;
    if (descriptor) code = this.#bytes[this.#take(1)] ?? 0;
    if (code === 0x00) throw new AmqpDecodeError('Arrays of doubly described values are not supported');
    const empty = code >= 0x40 && code < 0x50;
    if (count > (empty ? maxEmptyElements : size)) {
      throw new AmqpDecodeError(`An array claims ${count} elements in ${size} bytes`);
    }
    const values: AmqpValue[] = [];
    for (let index = 0; index < count; index++) {
      const value = this.#readAs(code);
      values.push(descriptor ? { type: 'described', descriptor, value } : value);
    }
    return { type: 'array', of: values[0]?.type ?? 'null', value: values };
  }

  #nested<Result>(read: () => Result): Result {
    if (++this.#depth > maxDepth) throw new AmqpDecodeError(`Values are nested deeper than ${maxDepth}`);
    const result = read();
    this.#depth--;
    return result;
  }
}

/** Bytes of a fixed-width value, or of the size field of a variable one (the type code's high digit says which). */
function widthOf(code: number): number {
  switch (code >> 4) {
    case 0x4:
      return 0;
    case 0x5:
    case 0xa:
    case 0xc:
    case 0xe:
      return 1;
    case 0x6:
      return 2;
    case 0x7:
    case 0xb:
    case 0xd:
    case 0xf:
      return 4;
    case 0x8:
      return 8;
    case 0x9:
      return 16;
    default:
      throw new AmqpDecodeError(`Unknown type ${hex(code)}`);
  }
}

function hex(code: number): string {
  return `0x${code.toString(16).padStart(2, '0')}`;
}

/** The one value a buffer holds; more bytes behind it are an error. */
export function decodeValue(bytes: Buffer): AmqpValue {
  const reader = new AmqpReader(bytes);
  const value = reader.read();
  if (reader.remaining > 0) throw new AmqpDecodeError('There are bytes behind the value');
  return value;
}
