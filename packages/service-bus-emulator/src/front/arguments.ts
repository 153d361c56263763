import { AmqpError } from '../amqp/amqp-error';
import { entryOf, toInteger, toText } from '../amqp/value';
import type { AmqpValue } from '../amqp/value';

/** The body of a $management request: a map, whose entries are checked when they are read. */
export class Arguments {
  readonly #body: AmqpValue;

  constructor(body: AmqpValue | undefined) {
    if (body?.type !== 'map') throw invalid('The body of the request must be a map');
    this.#body = body;
  }

  find(name: string): AmqpValue | undefined {
    const value = entryOf(this.#body, name);
    return value?.type === 'null' ? undefined : value;
  }

  text(name: string): string {
    return this.#required(name, this.optionalText(name));
  }

  optionalText(name: string): string | undefined {
    return this.#checked(name, 'a string', toText);
  }

  integer(name: string): number {
    return this.#required(name, this.optionalInteger(name));
  }

  optionalInteger(name: string): number | undefined {
    return this.#checked(name, 'an integer', toInteger);
  }

  /** A count: at least 0. */
  count(name: string): number {
    const count = this.integer(name);
    if (count < 0) throw invalid(`"${name}" is negative`);
    return count;
  }

  integers(name: string): number[] {
    return this.items(name).map((item) => {
      const integer = toInteger(item);
      if (integer === undefined) throw invalid(`"${name}" must hold integers, not a ${item.type}`);
      return integer;
    });
  }

  uuids(name: string): Buffer[] {
    return this.items(name).map((item) => {
      if (item.type !== 'uuid') throw invalid(`"${name}" must hold uuids, not a ${item.type}`);
      return item.value;
    });
  }

  /** An array, or a list as some clients send it. */
  items(name: string): readonly AmqpValue[] {
    const value = this.find(name);
    if (value?.type !== 'array' && value?.type !== 'list') throw invalid(`"${name}" must be an array`);
    return value.value;
  }

  #checked<Value>(
    name: string,
    what: string,
    read: (value: AmqpValue) => Value | undefined,
  ): Value | undefined {
    const value = this.find(name);
    if (!value) return undefined;
    const result = read(value);
    if (result === undefined) throw invalid(`"${name}" must be ${what}, not a ${value.type}`);
    return result;
  }

  #required<Value>(name: string, value: Value | undefined): Value {
    if (value === undefined) throw invalid(`"${name}" is missing`);
    return value;
  }
}

/** The error for a request with a missing or wrong argument. */
export function invalid(message: string): AmqpError {
  return new AmqpError('com.microsoft:argument-error', message);
}
