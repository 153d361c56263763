import { AmqpDecodeError, AmqpError } from './amqp-error';
import type { AmqpReader } from './reader';
import { entryOf, toBoolean, toInteger, toText } from './value';
import type { AmqpValue } from './value';

/** Descriptors of the frame bodies (AMQP 1.0 part 2, section 2.7; part 5, section 5.3). */
export const codes = {
  open: 0x10,
  begin: 0x11,
  attach: 0x12,
  flow: 0x13,
  transfer: 0x14,
  disposition: 0x15,
  detach: 0x16,
  end: 0x17,
  close: 0x18,
  saslMechanisms: 0x40,
  saslInit: 0x41,
  saslOutcome: 0x44,
  error: 0x1d,
  accepted: 0x24,
  rejected: 0x25,
  released: 0x26,
  modified: 0x27,
  source: 0x28,
  target: 0x29,
} as const;

const symbolicCodes = new Map<string, number>([
  ...Object.entries(codes).map(([name, code]) => [`amqp:${name}:list`, code] as const),
  ['amqp:sasl-mechanisms:list', codes.saslMechanisms],
  ['amqp:sasl-init:list', codes.saslInit],
  ['amqp:sasl-outcome:list', codes.saslOutcome],
]);

/** The code of a described value, whichever way its descriptor is spelled. */
export function descriptorCode(descriptor: AmqpValue): number | undefined {
  const text = toText(descriptor);
  return text === undefined ? toInteger(descriptor) : symbolicCodes.get(text);
}

/** The fields of a frame body by position, checked on access. */
export class Fields {
  readonly #name: string;
  readonly #values: readonly AmqpValue[];

  constructor(name: string, values: readonly AmqpValue[]) {
    this.#name = name;
    this.#values = values;
  }

  at(index: number): AmqpValue | undefined {
    const value = this.#values[index];
    return value?.type === 'null' ? undefined : value;
  }

  integer(index: number): number | undefined {
    return this.#checked(index, toInteger);
  }

  text(index: number): string | undefined {
    return this.#checked(index, toText);
  }

  boolean(index: number): boolean {
    return this.#checked(index, toBoolean) ?? false;
  }

  required(index: number): number {
    const value = this.integer(index);
    if (value === undefined) {
      throw new AmqpError('amqp:invalid-field', `Field ${index} of ${this.#name} is missing`);
    }
    return value;
  }

  #checked<Value>(index: number, read: (value: AmqpValue) => Value | undefined): Value | undefined {
    const value = this.at(index);
    if (!value) return undefined;
    const result = read(value);
    if (result === undefined) {
      throw new AmqpError('amqp:invalid-field', `Field ${index} of ${this.#name} cannot be a ${value.type}`);
    }
    return result;
  }
}

export type FrameBody = { readonly code: number; readonly fields: Fields };

/** Reads a performative: a described list. */
export function readFrameBody(reader: AmqpReader): FrameBody {
  const value = reader.read();
  if (value.type !== 'described' || value.value.type !== 'list') {
    throw new AmqpDecodeError('A frame must start with a described list');
  }
  const code = descriptorCode(value.descriptor);
  if (code === undefined) throw new AmqpDecodeError('A frame of an unknown kind');
  return { code, fields: new Fields(`performative 0x${code.toString(16)}`, value.value.value) };
}

/** What attach says of a source or target. */
export type Terminus = {
  readonly address: string | undefined;
  /** The whole value, to be echoed. */
  readonly raw: AmqpValue | undefined;
  readonly filter: AmqpValue | undefined;
  /** Set for a transaction coordinator, which has no address. */
  readonly code: number | undefined;
};

const filterField = 7;

/** Reads the source or target of an attach; all fields undefined when there is none. */
export function toTerminus(value: AmqpValue | undefined): Terminus {
  if (value?.type !== 'described' || value.value.type !== 'list') {
    return { address: undefined, raw: undefined, filter: undefined, code: undefined };
  }
  const fields = value.value.value;
  const code = descriptorCode(value.descriptor);
  const filter = code === codes.source ? fields[filterField] : undefined;
  return {
    address: toText(fields[0]),
    raw: value,
    filter: filter?.type === 'map' ? filter : undefined,
    code,
  };
}

/** The same source with another filter. */
export function withFilter(source: AmqpValue, filter: AmqpValue): AmqpValue {
  if (source.type !== 'described' || source.value.type !== 'list') return source;
  const fields: AmqpValue[] = [...source.value.value];
  while (fields.length <= filterField) fields.push({ type: 'null' });
  fields[filterField] = filter;
  return { ...source, value: { type: 'list', value: fields } };
}

/** How a client ended a delivery (AMQP 1.0 part 3, section 3.4). */
export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'released' }
  | {
      readonly kind: 'rejected';
      readonly condition: string | undefined;
      readonly description: string | undefined;
      readonly info: AmqpValue | undefined;
    }
  | {
      readonly kind: 'modified';
      readonly undeliverableHere: boolean;
      readonly annotations: AmqpValue | undefined;
    };

/** undefined: no outcome yet (`received`, or no state at all). */
export function toOutcome(value: AmqpValue | undefined): Outcome | undefined {
  if (value?.type !== 'described' || value.value.type !== 'list') return undefined;
  const fields = new Fields('outcome', value.value.value);
  switch (descriptorCode(value.descriptor)) {
    case codes.accepted:
      return { kind: 'accepted' };
    case codes.released:
      return { kind: 'released' };
    case codes.modified:
      return { kind: 'modified', undeliverableHere: fields.boolean(1), annotations: fields.at(2) };
    case codes.rejected: {
      const error = fields.at(0);
      const parts =
        error?.type === 'described' && error.value.type === 'list'
          ? new Fields('error', error.value.value)
          : new Fields('error', []);
      return { kind: 'rejected', condition: parts.text(0), description: parts.text(1), info: parts.at(2) };
    }
    default:
      return undefined;
  }
}

/** The value of a filter: plain, or described as the filter's own type. */
export function filterOf(filter: AmqpValue | undefined, name: string): AmqpValue | undefined {
  const value = entryOf(filter, name);
  return value?.type === 'described' ? value.value : value;
}
