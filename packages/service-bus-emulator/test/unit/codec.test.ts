import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { AmqpDecodeError } from '../../src/amqp/amqp-error';
import { decodeValue } from '../../src/amqp/reader';
import type { AmqpValue } from '../../src/amqp/value';
import { encodeValue } from '../../src/amqp/writer';
import { formatDuration, parseDuration } from '../../src/duration';
import { toAddress } from '../../src/front/address';
import { fromDeliveryTag, fromUuid, toDeliveryTag, toUuid } from '../../src/front/lock-token';
import { parseConfig } from '../../src/config';

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((content) => Buffer.from(content));
const integer = (min: number, max: number) => fc.integer({ min, max });
const leaf: fc.Arbitrary<AmqpValue> = fc.oneof(
  fc.constant<AmqpValue>({ type: 'null' }),
  fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.record({ type: fc.constantFrom('ubyte' as const), value: integer(0, 255) }),
  fc.record({ type: fc.constantFrom('ushort' as const), value: integer(0, 65_535) }),
  fc.record({ type: fc.constantFrom('uint' as const, 'char' as const), value: fc.nat(0xffff_ffff) }),
  fc.record({ type: fc.constant('byte' as const), value: integer(-128, 127) }),
  fc.record({ type: fc.constant('short' as const), value: integer(-32_768, 32_767) }),
  fc.record({ type: fc.constant('int' as const), value: integer(-0x8000_0000, 0x7fff_ffff) }),
  fc.record({ type: fc.constant('double' as const), value: fc.double({ noNaN: true }) }),
  fc.record({ type: fc.constant('long' as const), value: fc.maxSafeInteger() }),
  fc.record({
    type: fc.constant('long' as const),
    value: fc.bigInt({ min: 2n ** 60n, max: 2n ** 63n - 1n }),
  }),
  fc.record({ type: fc.constant('ulong' as const), value: fc.maxSafeNat() }),
  fc.record({ type: fc.constant('timestamp' as const), value: integer(-1_000_000, 2_000_000_000) }),
  fc.record({ type: fc.constant('uuid' as const), value: bytes(16) }),
  fc.record({ type: fc.constant('binary' as const), value: fc.integer({ min: 0, max: 300 }).chain(bytes) }),
  fc.record({ type: fc.constant('string' as const), value: fc.string({ unit: 'grapheme', maxLength: 300 }) }),
  fc.record({ type: fc.constant('symbol' as const), value: fc.string({ maxLength: 300 }) }),
);
const { value } = fc.letrec<{ value: AmqpValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.record({ type: fc.constant('list' as const), value: fc.array(tie('value'), { maxLength: 5 }) }),
    fc.record({
      type: fc.constant('map' as const),
      value: fc.array(fc.tuple(leaf, tie('value')), { maxLength: 5 }),
    }),
    fc.record({ type: fc.constant('described' as const), descriptor: leaf, value: tie('value') }),
  ),
}));

describe('AMQP values', () => {
  it('come back with value and type', () => {
    fc.assert(
      fc.property(value, (original) => {
        expect(decodeValue(encodeValue(original))).toEqual(original);
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it('are refused when they are cut or spoilt, and never run away', () => {
    fc.assert(
      fc.property(value, fc.nat(), fc.nat(255), (original, at, byte) => {
        const encoded = Buffer.from(encodeValue(original));
        encoded[at % encoded.length] = byte;
        try {
          decodeValue(encoded.subarray(0, Math.max(1, encoded.length - (at % 3))));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(AmqpDecodeError);
        }
      }),
      { seed: 4, numRuns: 1_000 },
    );
  });
});

describe('lock tokens', () => {
  it('are little-endian in tags and in RFC order in uuids', () => {
    const token = '00112233445566778899aabbccddeeff';

    expect(fromDeliveryTag(toDeliveryTag(token))).toBe(token);
    expect(toUuid(token).toString('hex')).toBe('33221100554477668899aabbccddeeff');
    expect(fromUuid(toUuid(token))).toBe(token);
  });
});

describe('durations', () => {
  it.each([
    ['PT30S', 30_000, 'PT30S'],
    ['PT1M', 60_000, 'PT1M'],
    ['PT90S', 90_000, 'PT1M30S'],
    ['P14D', 1_209_600_000, 'P14D'],
    ['P1DT2H3M4.5S', 93_784_500, 'P1DT2H3M4.5S'],
    ['P10675199DT2H48M5.4775807S', Infinity, 'P10675199DT2H48M5.4775807S'],
  ])('%s is %d ms', (text, ms, normal) => {
    expect(parseDuration(text)).toBe(ms);
    expect(formatDuration(ms)).toBe(normal);
  });

  it.each(['', 'P', 'PT', '30', 'PT1X', '-PT1S'])('"%s" is none', (text) => {
    expect(() => parseDuration(text)).toThrow(/not a duration/);
  });
});

describe('addresses', () => {
  it.each([
    ['q', { kind: 'entity', queue: 'q' }],
    ['/q', { kind: 'entity', queue: 'q' }],
    ['amqps://host:5671/q/$DeadLetterQueue', { kind: 'entity', queue: 'q/$DeadLetterQueue' }],
    ['q/$management', { kind: 'management', queue: 'q' }],
    ['Q/$deadletterqueue/$Management', { kind: 'management', queue: 'Q/$deadletterqueue' }],
    ['$cbs', { kind: 'cbs' }],
  ])('%s', (text, expected) => {
    expect(toAddress(text)).toEqual(expected);
  });

  it.each(['t/Subscriptions/s', 'q/$Transfer/$DeadLetterQueue'])('%s is not served', (text) => {
    expect(toAddress(text).kind).toBe('unsupported');
  });
});

describe("the emulator's configuration", () => {
  const file = (queue: unknown) => ({
    UserConfig: { Namespaces: [{ Name: 'n', Queues: [queue], Topics: [] }] },
  });

  it('gives the settings of its queues, the rest as Azure has it', () => {
    const { queues } = parseConfig(file({ Name: 'q', Properties: { LockDuration: 'PT5S', ForwardTo: '' } }));

    expect(queues[0]).toMatchObject({
      name: 'q',
      settings: {
        lockDurationMs: 5_000,
        maxDeliveryCount: 10,
        forwardTo: undefined,
        maxMessageSizeBytes: 262_144,
      },
    });
  });

  it.each([
    ['a lock that is too long', { Name: 'q', Properties: { LockDuration: 'PT6M' } }, /PT5M/],
    ['a wrong duration', { Name: 'q', Properties: { LockDuration: 'soon' } }, /not a duration/],
    ['a setting it does not know', { Name: 'q', Properties: { LockDurration: 'PT5S' } }, /LockDurration/],
    ['a name that cannot be', { Name: '$q' }, /name/],
  ])('refuses %s', (_what, queue, message) => {
    expect(() => parseConfig(file(queue))).toThrow(message);
  });
});
