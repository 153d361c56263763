/**
 * AMQP 1.0 values with their types kept (OASIS AMQP 1.0 part 1, section 1.6), so that what a client wrote leaves the
 * broker with the same types. 64-bit integers are numbers while they are safe integers, bigints beyond.
 */
export type AmqpNumberType =
  'ubyte' | 'ushort' | 'uint' | 'byte' | 'short' | 'int' | 'float' | 'double' | 'char';
export type AmqpBytesType = 'binary' | 'uuid' | 'decimal32' | 'decimal64' | 'decimal128';

export type AmqpValue =
  | { readonly type: 'null' }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: AmqpNumberType; readonly value: number }
  | { readonly type: 'ulong' | 'long'; readonly value: number | bigint }
  /** Milliseconds since 1970. */
  | { readonly type: 'timestamp'; readonly value: number }
  | { readonly type: AmqpBytesType; readonly value: Buffer }
  | { readonly type: 'string' | 'symbol'; readonly value: string }
  | { readonly type: 'list'; readonly value: readonly AmqpValue[] }
  | { readonly type: 'map'; readonly value: readonly AmqpEntry[] }
  | { readonly type: 'array'; readonly of: AmqpValue['type']; readonly value: readonly AmqpValue[] }
  | { readonly type: 'described'; readonly descriptor: AmqpValue; readonly value: AmqpValue };
export type AmqpEntry = readonly [key: AmqpValue, value: AmqpValue];

/** AMQP's null. The makers of the other types follow, each named as in AMQP 1.0 part 1, section 1.6. */
export const nothing: AmqpValue = { type: 'null' };
/** boolean. */
export const boolean = (value: boolean): AmqpValue => ({ type: 'boolean', value });
/** ubyte: 0 to 255. */
export const ubyte = (value: number): AmqpValue => ({ type: 'ubyte', value });
/** ushort: 0 to 65,535. */
export const ushort = (value: number): AmqpValue => ({ type: 'ushort', value });
/** uint: 32 bits without a sign. */
export const uint = (value: number): AmqpValue => ({ type: 'uint', value });
/** int: 32 bits with a sign. */
export const int = (value: number): AmqpValue => ({ type: 'int', value });
/** ulong: 64 bits without a sign. */
export const ulong = (value: number | bigint): AmqpValue => ({ type: 'ulong', value });
/** long: 64 bits with a sign. */
export const long = (value: number | bigint): AmqpValue => ({ type: 'long', value });
/** timestamp: milliseconds since 1970. */
export const timestamp = (value: number): AmqpValue => ({ type: 'timestamp', value });
/** binary: bytes. */
export const binary = (value: Buffer): AmqpValue => ({ type: 'binary', value });
/** uuid: 16 bytes. */
export const uuid = (value: Buffer): AmqpValue => ({ type: 'uuid', value });
/** string: UTF-8. */
export const string = (value: string): AmqpValue => ({ type: 'string', value });
/** symbol: ASCII. */
export const symbol = (value: string): AmqpValue => ({ type: 'symbol', value });
/** list. */
export const list = (value: readonly AmqpValue[]): AmqpValue => ({ type: 'list', value });
/** map: pairs of key and value. */
export const map = (value: readonly AmqpEntry[]): AmqpValue => ({ type: 'map', value });
/** array: values of one type. */
export const array = (of: AmqpValue['type'], value: readonly AmqpValue[]): AmqpValue => ({
  type: 'array',
  of,
  value,
});
/** described: a value with a numeric descriptor. */
export const described = (code: number, value: AmqpValue): AmqpValue => ({
  type: 'described',
  descriptor: ulong(code),
  value,
});

/** The text of a string or symbol. */
export function toText(value: AmqpValue | undefined): string | undefined {
  return value?.type === 'string' || value?.type === 'symbol' ? value.value : undefined;
}

/** The value of any integer type (or timestamp) that is a safe integer. */
export function toInteger(value: AmqpValue | undefined): number | undefined {
  switch (value?.type) {
    case 'ubyte':
    case 'ushort':
    case 'uint':
    case 'byte':
    case 'short':
    case 'int':
    case 'ulong':
    case 'long':
    case 'timestamp':
      return typeof value.value === 'number' ? value.value : undefined;
    default:
      return undefined;
  }
}

/** The value of a boolean; undefined for anything else. */
export function toBoolean(value: AmqpValue | undefined): boolean | undefined {
  return value?.type === 'boolean' ? value.value : undefined;
}

/** Looks a key up in a map by its text (string and symbol keys count alike). */
export function entryOf(value: AmqpValue | undefined, key: string): AmqpValue | undefined {
  if (value?.type !== 'map') return undefined;
  return value.value.find(([name]) => toText(name) === key)?.[1];
}
