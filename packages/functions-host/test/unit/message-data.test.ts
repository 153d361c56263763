import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';
import { toMessageInput, toMessageMetadata, traceParentOf } from '../../src/service-bus/message-data';

const at = new Date('2026-11-22T15:36:39.120Z');

function message(fields: Record<string, unknown> = {}): ServiceBusReceivedMessage {
  return {
    body: Buffer.from('{"v":1,"hint":{"messageId":"inner"}}'),
    deliveryCount: 0,
    messageId: '007',
    _rawAmqpMessage: { bodyType: 'data' },
    ...fields,
  } as unknown as ServiceBusReceivedMessage;
}

const metadataOf = (received: ServiceBusReceivedMessage) =>
  toMessageMetadata(received, toMessageInput(received, false));

describe("a message as the trigger's data", () => {
  it('counts deliveries from 1 and writes times like .NET', () => {
    const metadata = metadataOf(
      message({
        deliveryCount: 2,
        enqueuedTimeUtc: at,
        expiresAtUtc: at,
        subject: 's',
        sessionId: 'lane-03',
      }),
    );

    expect(metadata).toMatchObject({
      DeliveryCount: { int: 3 },
      MessageId: { string: '007' },
      EnqueuedTimeUtc: { json: '"2026-11-22T15:36:39.120Z"' },
      EnqueuedTime: { json: '"2026-11-22T15:36:39.120+00:00"' },
      ExpiresAtUtc: { json: '"2026-11-22T15:36:39.120Z"' },
      Subject: { string: 's' },
      Label: { string: 's' },
      SessionId: { string: 'lane-03' },
      ApplicationProperties: { json: '{}' },
      UserProperties: { json: '{}' },
    });
    expect(metadata).not.toHaveProperty('ReplyTo');
  });

  it('lets what a JSON body has at its top hide metadata, whatever the case, but for lists and null', () => {
    const body = Buffer.from(
      '{"MESSAGEID":"from body","deliveryCount":9,"to":true,"subject":null,"list":[1],"nested":{"sessionId":"x"}}',
    );

    const metadata = metadataOf(message({ body, sessionId: 'real', subject: 'kept' }));

    expect(metadata['MessageId']).toEqual({ string: 'from body' });
    expect(metadata['DeliveryCount']).toEqual({ string: '9' });
    expect(metadata['to']).toEqual({ string: 'True' });
    expect(metadata['SessionId']).toEqual({ string: 'real' });
    expect(metadata).not.toHaveProperty('list');
    expect(metadata['Subject']).toEqual({ string: 'kept' });
    expect(metadata['nested']).toEqual({ json: '{"sessionId":"x"}' });
  });

  it.each([['{not json'], ['[1,2]'], ['plain text'], ['']])(
    'keeps the metadata of a body like %j',
    (body) => {
      expect(metadataOf(message({ body: Buffer.from(body) }))['MessageId']).toEqual({ string: '007' });
    },
  );

  it('is text, or bytes for a binary binding', () => {
    const body = [Buffer.from('ab'), Buffer.from('c')];

    expect(toMessageInput(message({ body }), false)).toEqual({ string: 'abc' });
    expect(toMessageInput(message({ body }), true)).toEqual({ bytes: Buffer.from('abc') });
  });

  it('cannot be read when the body is no data section', () => {
    expect(() => toMessageInput(message({ body: 'an AMQP value' }), false)).toThrow(
      'not an AMQP data section',
    );
  });

  it("carries the sender's trace parent", () => {
    expect(traceParentOf(message({ applicationProperties: { 'Diagnostic-Id': '00-a-b-01' } }))).toBe(
      '00-a-b-01',
    );
    expect(traceParentOf(message())).toBeUndefined();
  });
});
