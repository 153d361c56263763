import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readHostJson, toHostOptions } from '../../src/host-json';

describe('host.json', () => {
  it("has the extension's defaults", () => {
    expect(toHostOptions({ version: '2.0' })).toEqual({
      functionTimeoutMs: 1_800_000,
      routePrefix: 'api',
      singleton: { listenerLockPeriod: 60_000, listenerLockRecoveryPollingInterval: 60_000 },
      serviceBus: {
        autoCompleteMessages: true,
        maxAutoLockRenewalDuration: 300_000,
        maxConcurrentCalls: 16,
        maxConcurrentSessions: 8,
        maxConcurrentCallsPerSession: 1,
        sessionIdleTimeout: 60_000,
      },
      eventHubs: { maxEventBatchSize: 100, initialOffsetOptions: { type: 'fromStart' } },
      unused: [],
    });
  });

  it('of the project is obeyed in full', () => {
    const options = readHostJson(join(__dirname, '../../../../host.json'));

    expect(options.unused).toEqual([]);
    expect(options.serviceBus).toMatchObject({ maxConcurrentSessions: 32, sessionIdleTimeout: 1_000 });
    // A killed instance's timers go on in another one within 30 s, not after up to 2 minutes.
    expect(options.singleton).toEqual({
      listenerLockPeriod: 15_000,
      listenerLockRecoveryPollingInterval: 15_000,
    });
    // No message is handled for longer than a function may run; a drained instance holds no lane for longer either.
    const { maxAutoLockRenewalDuration } = options.serviceBus;
    expect(maxAutoLockRenewalDuration - (options.functionTimeoutMs ?? 0)).toBe(5 * 60_000);
  });

  it('may leave the time of a function unlimited', () => {
    expect(toHostOptions({ version: '2.0', functionTimeout: '-1' }).functionTimeoutMs).toBeUndefined();
  });

  it('names the settings that have no effect here', () => {
    const json = {
      version: '2.0',
      logging: { logLevel: { default: 'Debug' } },
      concurrency: { dynamicConcurrencyEnabled: true },
      extensions: {
        http: { maxConcurrentRequests: 5 },
        serviceBus: { prefetchCount: 10 },
        eventHubs: { prefetchCount: 1 },
      },
    };

    expect(toHostOptions(json).unused).toEqual([
      'concurrency.dynamicConcurrencyEnabled',
      'extensions.http.maxConcurrentRequests',
      'extensions.serviceBus.prefetchCount',
      'extensions.eventHubs.prefetchCount',
    ]);
  });

  it.each([
    [{}, 'version'],
    [{ version: '2.0', functionTimeout: 'soon' }, 'is not a time span'],
    [
      { version: '2.0', extensions: { serviceBus: { maxConcurrentCallsPerSession: 2 } } },
      'one call per session',
    ],
    [{ version: '2.0', singleton: { listenerLockPeriod: '00:00:14' } }, 'must be from 00:00:15 to 00:01:00'],
    [{ version: '2.0', extensions: { serviceBus: { maxConcurrentCalls: 0 } } }, 'maxConcurrentCalls'],
  ])('%j is refused', (json, problem) => {
    expect(() => toHostOptions(json)).toThrow(problem);
  });
});
