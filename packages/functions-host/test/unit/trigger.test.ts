import { describe, expect, it } from '@jest/globals';
import type { BindingInfo } from '../../src/app/programming-model';
import { toTrigger } from '../../src/app/trigger';

const trigger = (binding: BindingInfo, more: Record<string, BindingInfo> = {}) =>
  toTrigger(
    { metadata: { name: 'fn', bindings: { in1: binding, ...more } }, callback: () => undefined },
    { QUEUE: 'orders' },
  );
const hub = { type: 'eventHubTrigger', connection: 'C', eventHubName: '%QUEUE%', cardinality: 'many' };
const bus = { type: 'serviceBusTrigger', connection: 'C' };

describe('a trigger', () => {
  it.each([
    [
      { type: 'httpTrigger', methods: ['get'], route: '/a/{b}/' },
      { kind: 'http', methods: ['GET'], authLevel: 'anonymous', route: 'a/{b}' },
    ],
    [{ type: 'httpTrigger' }, { kind: 'http', methods: [], route: 'fn' }],
    [
      { type: 'timerTrigger', schedule: '00:00:01' },
      { kind: 'timer', schedule: '00:00:01', runOnStartup: false },
    ],
    [
      { ...bus, queueName: '%QUEUE%' },
      { kind: 'serviceBus', entityPath: 'orders', sessions: false },
    ],
    [
      { ...bus, queueName: 'q', isSessionsEnabled: true, autoCompleteMessages: false },
      { sessions: true, autoComplete: false },
    ],
    [{ ...bus, topicName: 't', subscriptionName: 's' }, { entityPath: 't/Subscriptions/s' }],
    [{ ...bus, queueName: 'q', dataType: 'binary' }, { binary: true }],
    [hub, { kind: 'eventHub', hub: 'orders', consumerGroup: '$Default', binary: false }],
    [
      { ...hub, consumerGroup: 'readers', dataType: 'binary' },
      { consumerGroup: 'readers', binary: true },
    ],
  ])('%j is read', (binding, expected) => {
    expect(trigger(binding)).toMatchObject(expected);
  });

  it.each([
    [{ type: 'queueTrigger' }, {}, 'queueTrigger is not built'],
    [{ ...bus, queueName: 'q', cardinality: 'many' }, {}, 'cardinality "one" only'],
    [{ ...bus, queueName: 'q', sdkBinding: true }, {}, 'does not offer sdkBinding'],
    [{ ...hub, cardinality: 'one' }, {}, 'cardinality "many" of event hubs only'],
    [{ ...bus }, {}, 'neither a queueName'],
    [{ ...bus, queueName: '%OTHER%' }, {}, 'names the setting OTHER, which is not set'],
    [
      { type: 'httpTrigger' },
      { out1: { type: 'serviceBus', direction: 'out' } },
      'binding "out1" (serviceBus) is not built',
    ],
    [{ type: 'httpTrigger' }, { in2: { type: 'timerTrigger' } }, 'it has 2 triggers'],
  ] as const)('%j with %j is refused', (binding, more, problem) => {
    expect(() => trigger(binding, more)).toThrow(problem);
  });
});
