import type { AmqpValue } from './value';

/** Writes AMQP values into a growing buffer. Compounds and arrays always take the 4-byte forms. */
export class AmqpWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(capacity = 512) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** The bytes written so far; a view, not a copy. */
  toBuffer(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Hands the bytes over and starts with an empty buffer. */
  takeBuffer(capacity: number): Buffer {
    const bytes = this.toBuffer();
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
    this.#length = 0;
    return bytes;
  }

  byte(value: number): void {
    const at = this.#grow(1);
    this.#bytes[at] = value;
  }

  uint16(value: number): void {
    const at = this.#grow(2);
    this.#bytes.writeUInt16BE(value, at);
  }

  uint32(value: number): void {
    const at = this.#grow(4);
    this.#bytes.writeUInt32BE(value >>> 0, at);
  }

  bytes(value: Uint8Array): void {
    const at = this.#grow(value.length);
    this.#bytes.set(value, at);
  }

  /** Overwrites four bytes written before. */
  patchUint32(at: number, value: number): void {
    this.#bytes.writeUInt32BE(value, at);
  }

  /** A described section or performative: 0x00, small ulong. Its value must follow. */
  descriptor(code: number): void {
    this.byte(0x00);
    this.byte(0x53);
    this.byte(code);
  }

  /** Starts a list or map of `count` elements; `endCompound` with the returned mark closes it. */
  startCompound(code: 0xd0 | 0xd1, count: number): number {
    this.byte(code);
    const mark = this.#length;
    this.uint32(0);
    this.uint32(count);
    return mark;
  }

  endCompound(mark: number): void {
    this.patchUint32(mark, this.#length - mark - 4);
  }

  write(value: AmqpValue): void {
    const code = codeOf(value);
    this.byte(code);
    this.#body(code, value);
  }

  #body(code: number, value: AmqpValue): void {
    switch (value.type) {
      case 'null':
      case 'boolean':
        return;
      case 'ubyte':
      case 'byte':
        this.byte(value.value & 0xff);
        return;
      case 'ushort':
      case 'short':
        this.uint16(value.value & 0xffff);
        return;
      case 'uint':
      case 'int':
        if (code === 0x52 || code === 0x54) this.byte(value.value & 0xff);
        else if (code !== 0x43) this.uint32(value.value);
        return;
      case 'char':
        this.uint32(value.value);
        return;
      case 'float':
        this.#float(value.value);
        return;
      case 'double':
        this.#double(value.value);
        return;
      case 'ulong':
      case 'long':
        if (code === 0x53 || code === 0x55) this.byte(Number(value.value) & 0xff);
        else if (code !== 0x44) this.#long(BigInt(value.value));
        return;
      case 'timestamp':
        this.#long(BigInt(Math.trunc(value.value)));
        return;
      case 'uuid':
      case 'decimal32':
      case 'decimal64':
      case 'decimal128':
        this.bytes(value.value);
        return;
      case 'binary':
        this.#sized(code, value.value);
        return;
      case 'string':
        this.#sized(code, Buffer.from(value.value, 'utf8'));
        return;
      case 'symbol':
        this.#sized(code, Buffer.from(value.value, 'latin1'));
        return;
      case 'list':
        this.#withSize(() => {
          this.uint32(value.value.length);
          for (const item of value.value) this.write(item);
        });
        return;
      case 'map':
        this.#withSize(() => {
          this.uint32(value.value.length * 2);
          for (const [key, item] of value.value) {
            this.write(key);
            this.write(item);
          }
        });
        return;
      case 'array':
        this.#withSize(() => {
          const elementCode = wideCodes[value.of];
          this.uint32(value.value.length);
          this.byte(elementCode);
          for (const item of value.value) this.#element(elementCode, item);
        });
        return;
      case 'described':
        this.write(value.descriptor);
        this.write(value.value);
    }
  }

  #element(code: number, value: AmqpValue): void {
    if (code === 0x56) this.byte(value.type === 'boolean' && value.value ? 1 : 0);
    else this.#body(code, value);
  }

  /** Runs `write` between a 4-byte size field and its end. */
  #withSize(write: () => void): void {
    const mark = this.#length;
    this.uint32(0);
    write();
    this.endCompound(mark);
  }

  #sized(code: number, bytes: Buffer): void {
    if (code < 0xb0) this.byte(bytes.length);
    else this.uint32(bytes.length);
    this.bytes(bytes);
  }

  #long(value: bigint): void {
    const at = this.#grow(8);
    this.#bytes.writeBigInt64BE(BigInt.asIntN(64, value), at);
  }

  #float(value: number): void {
    const at = this.#grow(4);
    this.#bytes.writeFloatBE(value, at);
  }

  #double(value: number): void {
    const at = this.#grow(8);
    this.#bytes.writeDoubleBE(value, at);
  }

  /** Makes room, and says where. It may replace the buffer: take the place first, the buffer after. */
  #grow(width: number): number {
    const at = this.#length;
    const needed = at + width;
    if (needed > this.#bytes.length) {
      const bigger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(bigger, 0, 0, at);
      this.#bytes = bigger;
    }
    this.#length = needed;
    return at;
  }
}

/** The type code without a compact form: what every element of an array is written as. */
const wideCodes: Readonly<Record<AmqpValue['type'], number>> = {
  null: 0x40,
  boolean: 0x56,
  ubyte: 0x50,
  ushort: 0x60,
  uint: 0x70,
  ulong: 0x80,
  byte: 0x51,
  short: 0x61,
  int: 0x71,
  long: 0x81,
  float: 0x72,
  double: 0x82,
  decimal32: 0x74,
  decimal64: 0x84,
  decimal128: 0x94,
  char: 0x73,
  timestamp: 0x83,
  uuid: 0x98,
  binary: 0xb0,
  string: 0xb1,
  symbol: 0xb3,
  list: 0xd0,
  map: 0xd1,
  array: 0xf0,
  described: 0x00,
};

function codeOf(value: AmqpValue): number {
  switch (value.type) {
    case 'boolean':
      return value.value ? 0x41 : 0x42;
    case 'uint':
      return value.value === 0 ? 0x43 : value.value < 256 ? 0x52 : 0x70;
    case 'ulong':
      return value.value === 0 ? 0x44 : value.value < 256 ? 0x53 : 0x80;
    case 'int':
      return value.value >= -128 && value.value < 128 ? 0x54 : 0x71;
    case 'long':
      return value.value >= -128 && value.value < 128 ? 0x55 : 0x81;
    case 'binary':
      return value.value.length < 256 ? 0xa0 : 0xb0;
    case 'string':
      return Buffer.byteLength(value.value, 'utf8') < 256 ? 0xa1 : 0xb1;
    case 'symbol':
      return value.value.length < 256 ? 0xa3 : 0xb3;
    default:
      return wideCodes[value.type];
  }
}

/** The bytes of one value. */
export function encodeValue(value: AmqpValue): Buffer {
  const writer = new AmqpWriter(128);
  writer.write(value);
  return writer.toBuffer();
}
